import { useState } from "preact/hooks";
import type { CandidateRow } from "../../app/placement/candidates.ts";
import type { LiveContainer } from "../../watch/model.ts";
import { moveTo } from "../deeds/containers.ts";
import { Act } from "../parts/controls/act.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { useLook } from "../parts/results/use-look.ts";

/** Where it can go, the best first, with the reason for every node that cannot take it; then what would happen. */
export function Move({ row, onClose }: { readonly row: LiveContainer; readonly onClose: () => void }) {
  const { result, failures, busy } = useLook<{ candidates: readonly CandidateRow[] }>("container.candidates", {
    container: row.key,
  });
  const [node, setNode] = useState("");
  const [copyVolumes, setCopyVolumes] = useState(false);
  const [overlap, setOverlap] = useState(false);
  const best = [...(result?.candidates ?? [])].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  const deed = node === "" ? undefined : moveTo(row.key, node, { copyVolumes, overlap });
  return (
    <Act title={`Move ${row.key}`} deed={deed} rehearses onClose={onClose}>
      <p class="quiet">
        The new copy must pass its check before the old one goes; a failure leaves the container where it is.
      </p>
      {busy && <p class="quiet">Asking the nodes who can take it …</p>}
      <Failures failures={failures} />
      <fieldset class="candidates">
        <legend class="hidden">To which node</legend>
        {best.map((each) => (
          <label key={each.node} class={each.rank === null ? "quiet" : ""}>
            <input
              type="radio"
              name="node"
              disabled={each.rank === null}
              checked={node === each.node}
              onChange={() => setNode(each.node)}
            />
            <strong>{each.node}</strong>
            <span class="quiet">{each.reason ?? (each.rank === 1 ? "the best" : "can take it")}</span>
          </label>
        ))}
      </fieldset>
      {result && best.length === 0 && <p class="empty">There is no other node.</p>}
      <Switch
        label="Copy its volumes and folders, while it is stopped"
        on={copyVolumes}
        onChange={(on) => {
          setCopyVolumes(on);
          if (on) setOverlap(false);
        }}
      />
      <Switch
        label="Start the new one before the old one stops: no gap, two copies for that moment"
        on={overlap}
        onChange={(on) => {
          setOverlap(on);
          if (on) setCopyVolumes(false);
        }}
      />
    </Act>
  );
}
