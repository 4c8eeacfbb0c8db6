import { PictlError } from "../../../domain/errors.ts";
import {
  hostKeyAlgorithms,
  judgeHostKey,
  type HostKey,
  type HostKeyAlgorithm,
} from "../../../domain/ssh/trust/host-key.ts";
import { hostKeyError } from "../../../domain/ssh/trust/host-key-error.ts";
import type { Questions } from "../config/questions.ts";
import { fingerprint, knownHostName, type KnownHosts } from "./known-hosts.ts";
import type { Hop } from "../connect/route.ts";

export interface HostCheck {
  /** In the order to ask the host for. */
  readonly algorithms: readonly HostKeyAlgorithm[];
  /** Resolves when the key is trusted. Rejects with host-key-unknown, host-key-changed or NeedsConsent. */
  readonly check: (key: HostKey) => Promise<void>;
}

/** Only a person can decide about this key, and nobody should do so while sshd's login grace time runs. */
export class NeedsConsent extends Error {
  readonly key: HostKey;

  constructor(key: HostKey) {
    super("the host key is not known");
    this.key = key;
  }
}

export interface HostCheckTools {
  readonly knownHosts: KnownHosts;
  readonly questions: Questions;
  readonly warn: (message: string) => void;
}

/** What known_hosts means for one step of the way. Rejects with host-key-unknown when a file cannot be read. */
export async function hostCheck({ knownHosts, questions, warn }: HostCheckTools, step: Hop): Promise<HostCheck> {
  const { target } = step;
  const entries = await knownHosts.entriesOf(target);
  return {
    algorithms: hostKeyAlgorithms(entries),
    check: async (key) => {
      const verdict = judgeHostKey(key, entries);
      if (verdict.kind === "trusted") return;
      if (verdict.kind === "unknown" && target.unknownHosts === "accept") {
        const file = await knownHosts.store(target, [key]);
        warn(
          `The host key of ${knownHostName(target)} was not known; stored ${key.type} ${fingerprint(key)} in ${file}.`,
        );
        return;
      }
      const mayAsk = target.unknownHosts === "ask" && questions.confirmHostKey !== undefined;
      if (verdict.kind === "unknown" && mayAsk) throw new NeedsConsent(key);
      throw hostKeyError(verdict, { ...step, name: knownHostName(target), key, fingerprint: fingerprint(key) });
    },
  };
}

/** Asks the person and stores a key that was agreed to. Rejects with host-key-unknown when it was not. */
export async function confirmHostKey(
  { knownHosts, questions, warn }: HostCheckTools,
  step: Hop,
  key: HostKey,
): Promise<void> {
  const { target } = step;
  const agreed = await questions.confirmHostKey?.({
    who: step.hop ?? step.node,
    address: knownHostName(target),
    keyType: key.type,
    fingerprint: fingerprint(key),
  });
  if (agreed !== true) {
    throw new PictlError("host-key-unknown", `The host key of ${knownHostName(target)} was not accepted.`, {
      node: step.node,
      hint: `Compare the fingerprint with the machine's own, then run \`pictl node trust ${step.node}\`.`,
    });
  }
  const file = await knownHosts.store(target, [key]);
  warn(`Stored the host key of ${knownHostName(target)} in ${file}.`);
}
