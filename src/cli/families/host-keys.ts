import type { TrustInput } from "../../app/node/trust.ts";
import type { Ask } from "../../app/ports.ts";
import { checkFingerprint, compareCommand } from "../../domain/node/trust.ts";
import { plural } from "../../domain/text.ts";

/** How `node trust` and `node add --trust` decide about a host key: by a pinned fingerprint, by `--yes`, or by asking. */
export function trustBy(
  ask: Ask,
  given: { readonly fingerprints: readonly string[]; readonly yes: boolean; readonly replace: boolean },
): Omit<TrustInput, "nodes" | "dryRun"> {
  return {
    pinned: given.fingerprints.map(checkFingerprint),
    replace: given.replace,
    confirm: async (shown, { keys, replaces }) => {
      if (given.yes) return true;
      const who = shown.hop === undefined ? shown.node : `the jump host ${shown.hop} (towards ${shown.node})`;
      const list = keys.map((key) => `    ${key.fingerprint} (${key.type})`).join("\n");
      return ask.confirm(
        `${who} (${shown.name}) shows ${plural(keys.length, "host key")}:\n${list}\n` +
          `  Compare on its console: ${compareCommand(keys)}\n` +
          `  ${replaces ? "Trust it INSTEAD OF the key that is known" : "Trust it from now on"}?`,
        "Say `--fingerprint SHA256:…` to trust exactly that key, or `--yes` to trust what is shown.",
      );
    },
  };
}
