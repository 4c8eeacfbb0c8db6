import type { AnsweringCandidate, VipFacts, VipSettings } from "./facts.ts";

/** Misses in a row after which a node is no longer worth the address. */
const missesAllowed = 3;

export interface Health {
  readonly misses: Readonly<Record<string, number>>;
  /** Worth having the address: SSH answers, the device is there and plugged in, the target answers. */
  readonly well: ReadonlySet<string>;
}

/**
 * Which candidates are fit to hold the address. A target that no other candidate can ping says nothing about the node:
 * a dead gateway must not take the address from everybody. `again`: these facts were counted before.
 */
export function judgeHealth(
  settings: VipSettings,
  before: Readonly<Record<string, number>>,
  facts: VipFacts,
  again: boolean,
): Health {
  const misses: Record<string, number> = {};
  const well = new Set<string>();
  for (const { node, slave } of settings.candidates) {
    const seen = facts.candidates[node];
    if (seen?.state !== "answers") continue;
    const missed = slave !== undefined && missesTarget(facts, node, slave);
    const known = before[node] ?? 0;
    misses[node] = again ? known : missed ? known + 1 : 0;
    if (couldHold(seen) && (misses[node] ?? 0) < missesAllowed) well.add(node);
  }
  return { misses, well };
}

/** Why a node is not fit to hold the address, said of the node; undefined when it is. */
export function whyUnfit(
  { candidates }: Pick<VipSettings, "candidates">,
  { facts, misses }: { readonly facts: Pick<VipFacts, "candidates">; readonly misses: Health["misses"] },
  node: string,
): string | undefined {
  const row = candidates.find((each) => each.node === node);
  const seen = facts.candidates[node];
  if (!row || !seen) return "is no candidate";
  if (seen.state === "silent") return "does not answer";
  if (seen.state === "refused") return "refuses our login";
  if (!seen.device) return "does not have the network device of its row";
  if (seen.ipv6Off === true)
    return "has IPv6 switched off on the network device of its row (its sysctl disable_ipv6 is 1)";
  if (!seen.carrier) return "has no carrier on the network device of its row";
  if ((misses[node] ?? 0) < missesAllowed) return undefined;
  return `has not reached ${row.slave ?? "its target"} ${String(missesAllowed)} times in a row, though another candidate does`;
}

/** A target that no other node can ping says nothing about this one. */
export function missesTarget(facts: Pick<VipFacts, "candidates">, node: string, target: string): boolean {
  const seen = facts.candidates[node];
  return seen?.state === "answers" && seen.reaches[target] === false && isReachable(facts, target, node);
}

/** An address on a device without a cable serves nobody, and `ip` says nothing of it. */
function couldHold({ device, carrier, ipv6Off = false }: AnsweringCandidate): boolean {
  return device && carrier && !ipv6Off;
}

function isReachable({ candidates }: Pick<VipFacts, "candidates">, target: string, butFor: string): boolean {
  return Object.entries(candidates).some(
    ([node, seen]) => node !== butFor && seen.state === "answers" && seen.reaches[target] === true,
  );
}
