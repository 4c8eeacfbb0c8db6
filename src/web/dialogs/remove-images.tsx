import { useState } from "preact/hooks";
import { Act } from "../parts/controls/act.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { deed } from "../state/doing.ts";

/** The marked images, by name or id, from the nodes on which they were marked. */
export function RemoveImages({
  images,
  nodes,
  onClose,
}: {
  readonly images: readonly string[];
  readonly nodes: readonly string[];
  readonly onClose: () => void;
}) {
  const [force, setForce] = useState(false);
  const input = { image: images, node: nodes, force };
  const title = `Remove ${images.length === 1 ? (images[0] ?? "") : `${String(images.length)} images`}`;
  return (
    <Act title={title} deed={deed("image.remove", input, { title, danger: true })} rehearses onClose={onClose}>
      <p class="quiet">What a running container needs stays.</p>
      <Switch label="Also what the layout or a stopped container needs" on={force} onChange={setForce} />
    </Act>
  );
}
