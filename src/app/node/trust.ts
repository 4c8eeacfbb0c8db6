import type { NodeSpec } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { planTrust, type TrustPlan } from "../../domain/node/trust.ts";
import { fanOut } from "../kit/fan-out.ts";
import { looking } from "../kit/observe/looking.ts";
import type { HostKeys, Ports, ShownHostKeys } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";

export interface TrustInput {
  readonly nodes: readonly NodeSpec[];
  /** Fingerprints vouched for; with one, nobody is asked. */
  readonly pinned: readonly string[];
  /** Put a new key in the place of one that known_hosts has. */
  readonly replace: boolean;
  readonly dryRun: boolean;
  /** Asked one at a time, with the keys that would be stored. */
  readonly confirm: (shown: ShownHostKeys, question: TrustQuestion) => Promise<boolean>;
}

export interface TrustQuestion {
  /** Fingerprints of the keys that would be stored. */
  readonly keys: readonly { readonly type: string; readonly fingerprint: string }[];
  /** They would take the place of others. */
  readonly replaces: boolean;
}

export interface KeyRow {
  readonly node: string;
  /** The jump host whose key it is; null when it is the node's own. */
  readonly hop: string | null;
  /** As known_hosts names it. */
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  /** `stored`: trusted from now on; `trusted`: it was before; `unknown`: shown and not stored. */
  readonly state: "stored" | "trusted" | "unknown" | "would be stored";
  /** Where it was stored. */
  readonly file: string | null;
}

/**
 * Looks at the host keys of nodes without logging in, all at once, and stores those that are agreed to, one question
 * after the other. Jump hosts on the way come first. A changed or revoked key is a failure unless it may be replaced.
 */
export async function trustNodes(
  ports: Ports & { readonly hostKeys: HostKeys },
  input: TrustInput,
): Promise<Report<{ keys: readonly KeyRow[] }>> {
  const rows: KeyRow[] = [];
  const failures: Failure[] = [];
  const settled = new Map<string, KeyRow["state"]>();
  let waiting = input.nodes;
  while (waiting.length > 0) {
    const looks = await fanOut(ports, waiting, {
      place: (node) => ({ node: node.name }),
      work: async (node) => ({
        node,
        shown: await looking(ports, node.name, () => ports.hostKeys.shown(node, ports.signal)),
      }),
    });
    failures.push(...looks.failures);
    const behindHops: NodeSpec[] = [];
    for (const { node, shown } of looks.results) {
      try {
        const found = await settle(ports, shown, { ...input, settled });
        rows.push(...found);
        const stored = found.some((row) => row.state === "stored");
        if (shown.hop !== undefined && stored) behindHops.push(node);
        else if (shown.hop !== undefined && !input.dryRun) throw stillUntrusted(shown);
      } catch (error) {
        failures.push(toFailure(error, { node: node.name }));
      }
    }
    waiting = behindHops;
  }
  return { result: { keys: rows }, failures };
}

async function settle(
  ports: Ports & { readonly hostKeys: HostKeys },
  shown: ShownHostKeys,
  input: TrustInput & { readonly settled: Map<string, KeyRow["state"]> },
): Promise<readonly KeyRow[]> {
  const { node, name } = shown;
  // A pinned fingerprint is the node's; its jump hosts are asked about.
  const pinned = shown.hop === undefined ? input.pinned : [];
  const plan = planTrust(shown.keys, { node, name, pinned, replace: input.replace });
  if (plan.kind === "keep")
    return shown.keys.map((key) => row(shown, key, key.status === "trusted" ? "trusted" : "unknown"));
  const fingerprints = plan.keys.map((key) => key.fingerprint);
  // Nodes behind one jump host all show that one's keys: one question is enough.
  const before = input.settled.get(identity(shown, plan));
  if (before !== undefined) return plan.keys.map((key) => row(shown, key, before));
  if (input.dryRun) return plan.keys.map((key) => row(shown, key, "would be stored"));
  const replaces = plan.keys.some((key) => key.status === "changed");
  if (plan.asked && !(await input.confirm(shown, { keys: plan.keys, replaces }))) {
    throw new PictlError("host-key-unknown", `The host key of ${name} was not accepted; nothing was stored.`, { node });
  }
  const file = await ports.hostKeys.trust(shown, { replace: input.replace, only: fingerprints });
  input.settled.set(identity(shown, plan), "stored");
  await record(ports, { type: "node.trusted", node, after: { name, fingerprints, file } });
  return plan.keys.map((key) => ({ ...row(shown, key, "stored"), file }));
}

function identity(shown: ShownHostKeys, plan: Extract<TrustPlan, { kind: "store" }>): string {
  return [shown.name, ...plan.keys.map((key) => key.fingerprint)].join(" ");
}

function row(shown: ShownHostKeys, key: { type: string; fingerprint: string }, state: KeyRow["state"]): KeyRow {
  const { node, hop, name } = shown;
  return { node, hop: hop ?? null, name, type: key.type, fingerprint: key.fingerprint, state, file: null };
}

function stillUntrusted({ node, hop, name }: ShownHostKeys): PictlError {
  return new PictlError(
    "host-key-unknown",
    `The jump host ${hop ?? name} is not trusted yet, so ${node} cannot be looked at.`,
    {
      node,
    },
  );
}
