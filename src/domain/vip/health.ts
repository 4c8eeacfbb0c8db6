import { isIpv6, isWithin } from "../ip-address.ts";
import { whyNobodysIn } from "./address.ts";
import type { RefusalCode } from "../ssh/connect/refusal.ts";
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
    if (couldHold(settings, seen) && (misses[node] ?? 0) < missesAllowed) well.add(node);
  }
  return { misses, well };
}

/** Why a node is not fit to hold the address, said of the node; undefined when it is. */
export function whyUnfit(
  { ip, candidates }: Pick<VipSettings, "ip" | "candidates">,
  { facts, misses }: { readonly facts: Pick<VipFacts, "candidates">; readonly misses: Health["misses"] },
  node: string,
): string | undefined {
  const row = candidates.find((each) => each.node === node);
  const seen = facts.candidates[node];
  if (!row || !seen) return "is no candidate";
  if (seen.state === "silent") return "does not answer";
  if (seen.state === "refused") return refusals[seen.code](node);
  if (!seen.device) return "does not have the network device of its row";
  if (seen.ipv6Off === true)
    return "has IPv6 switched off on the network device of its row (its sysctl disable_ipv6 is 1)";
  if (!seen.carrier) return "has no carrier on the network device of its row";
  const [own] = seen.foreign;
  if (own) return `has ${own.address} on ${own.device} from somebody else, and may be known by it`;
  const nobodys = nobodysAddress(ip, seen);
  if (nobodys !== undefined) return `cannot have ${ip}, which is ${nobodys} on the network device of its row`;
  if ((misses[node] ?? 0) < missesAllowed) return undefined;
  return `has not reached ${row.slave ?? "its target"} ${String(missesAllowed)} times in a row, though another candidate does`;
}

const refusals: Readonly<Record<RefusalCode, (node: string) => string>> = {
  "auth-failed": () => "refuses our login",
  "host-key-unknown": (node) => `has a host key that is not known yet (\`pictl node trust ${node}\`)`,
  "host-key-changed": (node) => `shows another host key than the one that is known (\`pictl doctor ${node}\`)`,
  "shell-unusable": () => "gives our login no shell that runs commands",
};

/** A target that no other node can ping says nothing about this one. */
export function missesTarget(facts: Pick<VipFacts, "candidates">, node: string, target: string): boolean {
  const seen = facts.candidates[node];
  return seen?.state === "answers" && seen.reaches[target] === false && isReachable(facts, target, node);
}

/** An address on a device without a cable serves nobody, and `ip` says nothing of it. */
function couldHold({ ip }: Pick<VipSettings, "ip">, seen: AnsweringCandidate): boolean {
  const { device, carrier, ipv6Off = false, foreign } = seen;
  return device && carrier && !ipv6Off && foreign.length === 0 && nobodysAddress(ip, seen) === undefined;
}

function nobodysAddress(ip: string, { networks }: AnsweringCandidate): string | undefined {
  return networks.map((own) => whyNobodysIn(ip, own)).find((why) => why !== undefined);
}

/**
 * That the address is in no network of a candidate's device, said of the node; undefined when it is. Nothing is wrong
 * with that where a router sends it to the nodes, so it hinders nobody, as in keepalived.
 */
export function remarkOn(ip: string, { device, networks }: AnsweringCandidate): string | undefined {
  const own = networks.filter(
    (address) => isIpv6(address) === isIpv6(ip) && address !== `${ip}/${isIpv6(ip) ? "128" : "32"}`,
  );
  if (!device || own.some((network) => isWithin(ip, network))) return undefined;
  const has = own.length === 0 ? `which has no address of that family` : `which has ${own.join(", ")}`;
  return `${ip} is in no network of its network device, ${has}: neighbours find it only by a route`;
}

function isReachable({ candidates }: Pick<VipFacts, "candidates">, target: string, butFor: string): boolean {
  return Object.entries(candidates).some(
    ([node, seen]) => node !== butFor && seen.state === "answers" && seen.reaches[target] === true,
  );
}
