import { useState } from "preact/hooks";
import { Act } from "../parts/controls/act.tsx";
import { meant, NodeChoice, Switch } from "../parts/controls/fields.tsx";
import { deed } from "../state/doing.ts";

/** Removes what nobody needs; what that is, is shown before. */
export function Prune({ onClose }: { readonly onClose: () => void }) {
  const [nodes, setNodes] = useState<readonly string[]>([]);
  const [foreign, setForeign] = useState(false);
  const wanted = deed("image.prune", { ...meant(nodes), foreign }, { title: "Clean up", danger: true });
  return (
    <Act title="Clean up" deed={wanted} rehearses onClose={onClose}>
      <p class="quiet">Unused images and stopped containers go; never those of the layout, never a volume.</p>
      <NodeChoice label="On" value={nodes} onValue={setNodes} all="all nodes" />
      <Switch label="Also stopped containers that pictl did not make" on={foreign} onChange={setForeign} />
    </Act>
  );
}
