import { useState } from "preact/hooks";
import { drain, removeNode } from "../deeds/cluster.ts";
import { Act } from "../parts/controls/act.tsx";
import { Switch } from "../parts/controls/fields.tsx";

/** What goes where is shown before: to work on a node, or to take it out of the config. */
export function Drain({
  node,
  removes,
  onClose,
}: {
  readonly node: string;
  readonly removes: boolean;
  readonly onClose: () => void;
}) {
  const [move, setMove] = useState(true);
  const [copyVolumes, setCopyVolumes] = useState(false);
  const deed = removes ? removeNode(node, { move, copyVolumes }) : drain(node, copyVolumes);
  return (
    <Act title={`${removes ? "Remove" : "Drain"} ${node}`} deed={deed} rehearses onClose={onClose}>
      <p class="quiet">
        {removes
          ? "It goes out of the config. Nothing on the node itself is changed but its containers."
          : "Nothing new is placed on it, and its containers move to others: then you can work on it. Uncordon opens it again."}
      </p>
      {removes && <Switch label="Move its containers to other nodes first" on={move} onChange={setMove} />}
      {(move || !removes) && (
        <Switch
          label="Copy their volumes and folders, each while it is stopped"
          on={copyVolumes}
          onChange={setCopyVolumes}
        />
      )}
    </Act>
  );
}
