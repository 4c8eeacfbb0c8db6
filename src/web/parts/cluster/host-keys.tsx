import type { KeyRow } from "../../../app/node/trust.ts";
import { Command } from "../controls/command.tsx";
import { Switch } from "../controls/fields.tsx";

/** The host keys that a node shows, to be compared with those that it really has, and whether somebody has done so. */
export function HostKeys({
  keys,
  compared,
  onCompared,
}: {
  readonly keys: readonly KeyRow[];
  readonly compared: boolean;
  readonly onCompared: (on: boolean) => void;
}) {
  const fresh = unknownKeys(keys);
  return (
    <>
      <ul class="keys">
        {keys.map(({ hop, name, type, fingerprint, state }) => (
          <li key={`${name} ${fingerprint}`}>
            <span class="quiet">
              {hop === null ? name : `jump host ${hop}`}, {type},{" "}
              {state === "trusted" ? "trusted already" : "not known on this machine yet"}
            </span>
            <code class="fingerprint">{fingerprint}</code>
          </li>
        ))}
      </ul>
      {fresh.length > 0 && (
        <>
          <p>Compare it with what the node itself says, at its screen or through another way in:</p>
          <Command text={`ssh-keygen -lf /etc/ssh/ssh_host_${keyFile(fresh[0]?.type ?? "")}_key.pub`} />
          <Switch label="I have compared it: it is the same" on={compared} onChange={onCompared} />
        </>
      )}
    </>
  );
}

export function unknownKeys(keys: readonly KeyRow[]): readonly KeyRow[] {
  return keys.filter(({ state }) => state !== "trusted" && state !== "stored");
}

function keyFile(type: string): string {
  return type.includes("rsa") ? "rsa" : type.includes("ecdsa") ? "ecdsa" : "ed25519";
}
