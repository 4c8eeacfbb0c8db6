import type { TrustInput } from "../../app/node/trust.ts";
import type { Ask } from "../../app/ports.ts";
import { checkFingerprint } from "../../domain/node/trust.ts";
import { hostKeyQuestion } from "../../view/questions.ts";

/** How `node trust` and `node add --trust` decide about a host key: by a pinned fingerprint, by `--yes`, or by asking. */
export function trustBy(
  ask: Ask,
  given: { readonly fingerprints: readonly string[]; readonly yes: boolean; readonly replace: boolean },
): Omit<TrustInput, "nodes" | "dryRun"> {
  return {
    pinned: given.fingerprints.map(checkFingerprint),
    replace: given.replace,
    confirm: async (shown, question) =>
      given.yes ||
      ask.confirm(
        hostKeyQuestion(shown, question),
        "Say `--fingerprint SHA256:…` to trust exactly that key, or `--yes` to trust what is shown.",
      ),
  };
}
