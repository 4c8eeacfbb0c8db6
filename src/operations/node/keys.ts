import type { TrustInput } from "../../app/node/trust.ts";
import type { Ask } from "../../app/ports.ts";
import { checkFingerprint } from "../../domain/node/trust.ts";
import { hostKeyQuestion } from "../../view/questions.ts";
import * as field from "../fields.ts";

export const fingerprints = field.list("Trust the host key with this fingerprint (SHA256:…) and no other.");

/** How a host key is decided about: by a pinned fingerprint, or by asking. */
export function trustAnswered(
  ask: Ask,
  given: { readonly fingerprints: readonly string[]; readonly replace: boolean },
): Omit<TrustInput, "nodes" | "dryRun"> {
  return {
    pinned: given.fingerprints.map(checkFingerprint),
    replace: given.replace,
    confirm: (shown, question) =>
      ask.confirm(
        hostKeyQuestion(shown, question),
        "Give `fingerprint` to trust exactly that key, or say `confirm: true` to trust what is shown.",
      ),
  };
}
