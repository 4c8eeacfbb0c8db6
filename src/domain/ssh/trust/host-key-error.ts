import { PictlError } from "../../errors.ts";
import type { HostKey, HostKeyVerdict } from "./host-key.ts";

export interface ShownKey {
  readonly node: string;
  /** Set when it is not the node itself that shows the key but a jump host towards it. */
  readonly hop: string | undefined;
  /** The name in known_hosts. */
  readonly name: string;
  readonly key: HostKey;
  readonly fingerprint: string;
}

/** The refusal that a verdict other than `trusted` means. */
export function hostKeyError(verdict: Exclude<HostKeyVerdict, { kind: "trusted" }>, shown: ShownKey): PictlError {
  const { node, name, key } = shown;
  const who = shown.hop === undefined ? name : `the jump host ${name}`;
  const itsKey = `${key.type} ${shown.fingerprint}`;
  switch (verdict.kind) {
    case "unknown":
      return new PictlError("host-key-unknown", `The host key of ${who} is not known: ${itsKey}.`, {
        node,
        hint: `Compare the fingerprint with the machine's own, then run \`pictl node trust ${node}\`.`,
      });
    case "authority":
      return new PictlError(
        "host-key-unknown",
        `The host key of ${who} (${itsKey}) is not known: ${verdict.entry.file}:${verdict.entry.line} names only a ` +
          "certificate authority for it, and host certificates are not supported.",
        { node, hint: `Compare the fingerprint with the machine's own, then run \`pictl node trust ${node}\`.` },
      );
    case "revoked":
      return new PictlError(
        "host-key-changed",
        `THE HOST KEY OF ${who} IS REVOKED: it shows ${itsKey}, which ${verdict.entry.file}:${verdict.entry.line} ` +
          "marks as @revoked. Whoever answers there may be an impostor; nothing was sent.",
        { node, hint: "Give the machine a new host key (`ssh-keygen -A` after removing the old one)." },
      );
    case "changed":
      return new PictlError(
        "host-key-changed",
        `THE HOST KEY OF ${who} HAS CHANGED: it shows ${itsKey}, but ${verdict.entry.file}:${verdict.entry.line} has ` +
          `${verdict.entry.keyType === key.type ? "another key" : `a key of type ${verdict.entry.keyType}`} for it. ` +
          "The machine was reinstalled, or somebody is between you and it; nothing was sent.",
        {
          node,
          hint:
            `Only if you know why it changed: \`pictl node trust ${node} --replace\` shows both keys and asks ` +
            `(for a jump host: \`ssh-keygen -R '${name}' -f ${verdict.entry.file}\`).`,
        },
      );
  }
}
