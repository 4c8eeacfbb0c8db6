import { useState } from "preact/hooks";
import type { LiveContainer } from "../../watch/model.ts";
import { removeFromConfig } from "../deeds/containers.ts";
import { Act } from "../parts/controls/act.tsx";
import { Switch } from "../parts/controls/fields.tsx";

/** Out of the config and from its node, or out of the config alone. */
export function RemoveContainer({ row, onClose }: { readonly row: LiveContainer; readonly onClose: () => void }) {
  const [keepRunning, setKeepRunning] = useState(false);
  return (
    <Act title={`Remove ${row.key}`} deed={removeFromConfig(row.key, keepRunning)} rehearses onClose={onClose}>
      <p>It goes out of the config, and its container from {row.node}. Volumes with a name stay.</p>
      <Switch label="Change only the config; let it run" on={keepRunning} onChange={setKeepRunning} />
    </Act>
  );
}
