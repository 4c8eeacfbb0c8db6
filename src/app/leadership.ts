import { abortable, firstOf } from "../abort.ts";
import type { Config } from "../domain/config/types.ts";
import { type ClaimAnswer, claimCommand, parseClaimAnswer } from "../domain/guard/claim.ts";
import {
  epochToClaim,
  judge,
  type Judgement,
  newStanding,
  raised,
  type Role,
  type Standing,
} from "../domain/leadership/judge.ts";
import type { Fence } from "../domain/guard/command.ts";
import type { MayDo } from "./heartbeat/index.ts";
import type { LeadershipState, Nodes, Ports } from "./ports.ts";

/** How often a daemon asks the nodes for their promise, milliseconds. */
export const renewMs = 5_000;
/** How long a node may take to answer. */
const timeoutMs = 3_000;

/** Whether this daemon may act, and in whose name it does. */
export interface Leadership {
  /** Asks every node once; at least every `renewMs`. Rejects with state-write-failed. */
  round(config: Config): Promise<Judgement>;
  /** What the last round said, as far as it still holds. */
  role(): Role;
  /** Our monotonic time until which nobody else leads; in the past for everybody but the leader. */
  until(): number;
  /** For `openContext`: what this daemon's commands carry. */
  fence(): Fence;
  /**
   * From now on a greater epoch, so that nodes which hear of it refuse what was sent before. false: not before the next
   * round has found half of the nodes. Rejects with state-write-failed.
   */
  raise(): Promise<boolean>;
}

/** What a daemon in this role may do: who is not known to lead repairs, and each node refuses what somebody else leads. */
export function mayDo(role: Role): MayDo {
  return role === "leader" ? "everything" : role === "unelected" ? "repairs" : "nothing";
}

type LeadershipPorts = Pick<Ports, "scripts" | "clock" | "signal"> & { readonly random: () => number };

/** The leadership of this state folder's owner, as it was when it last ran. Asks nobody yet. */
export async function openLeadership(ports: LeadershipPorts, state: LeadershipState): Promise<Leadership> {
  const saved = await state.memory.read();
  const { machine } = state;
  const fresh = { owner: state.newOwner(), epoch: 0, elected: false };
  let standing = newStanding(saved?.machine === machine ? saved : fresh);
  let judged: Pick<Judgement, "role" | "until"> = { role: "standby", until: -Infinity };
  const keep = async (next: Standing): Promise<void> => {
    standing = next;
    const { owner, epoch, elected } = next.memory;
    await state.memory.write({ owner, epoch, elected, machine });
  };
  return {
    async round(config) {
      const judgement = await claimLeadership(ports, { config, standing, nodes: state.nodes });
      judged = judgement;
      // What was raised while the answers were on their way.
      const epoch = Math.max(judgement.standing.memory.epoch, standing.memory.epoch);
      const behind = epoch > judgement.standing.memory.epoch;
      const { memory, confirmed } = judgement.standing;
      await keep({ ...judgement.standing, memory: { ...memory, epoch }, confirmed: confirmed && !behind });
      return judgement;
    },
    role: () => (judged.role === "leader" && judged.until <= ports.clock.monotonic() ? "unelected" : judged.role),
    until: () => judged.until,
    fence: () => ({ owner: standing.memory.owner, epoch: standing.memory.epoch }),
    async raise() {
      const next = raised(standing);
      if (next) await keep(next);
      return next !== undefined;
    },
  };
}

interface ClaimInput {
  readonly config: Config;
  readonly standing: Standing;
  readonly nodes: Nodes;
}

/**
 * One round of leadership: every node is asked at once for its promise, and once more when that makes an election
 * possible. A node that cannot be asked is one that did not answer.
 */
async function claimLeadership(ports: LeadershipPorts, input: ClaimInput): Promise<Judgement> {
  const first = await claimAll(ports, input, input.standing, epochToClaim(input.standing));
  return first.elect === undefined ? first : claimAll(ports, input, first.standing, first.elect);
}

async function claimAll(
  ports: LeadershipPorts,
  input: ClaimInput,
  standing: Standing,
  epoch: number,
): Promise<Judgement> {
  const { config } = input;
  const answers = await Promise.all(
    config.nodes.map(async (node) => {
      try {
        return await claim(ports, input, { node, epoch, owner: standing.memory.owner });
      } catch {
        return undefined;
      }
    }),
  );
  return judge(standing, {
    nodes: config.nodes.map(({ name }) => name),
    ttlMs: promiseMs(config),
    epoch,
    answers: answers.filter((answer) => answer !== undefined),
    now: ports.clock.monotonic(),
    random: ports.random(),
  });
}

/** Longer than any lease that is granted on the strength of it, and than two rounds that fail. */
function promiseMs({ vips }: Config): number {
  return Math.max(...vips.map(({ mode, leaseMs }) => (mode === "lease" ? leaseMs : 0)), renewMs) + 2 * renewMs;
}

/** The login may become root where it can: what it remembers must be where every other login of the cluster looks. */
async function claim(
  { scripts, clock, signal: stop }: LeadershipPorts,
  { config, nodes }: ClaimInput,
  { node, epoch, owner }: { node: Config["nodes"][number]; epoch: number; owner: string },
): Promise<{ node: string; sentAt: number; answer: ClaimAnswer } | undefined> {
  const until = clock.monotonic() + timeoutMs;
  const { signal, dispose } = firstOf([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    const connection = await nodes.connect(node, signal);
    const [guard, late, { root, sudo }] = await abortable(
      Promise.all([scripts.read("guard.sh"), connection.clock(), connection.privilege()]),
      signal,
    );
    const sentAt = clock.monotonic();
    const asked = { cluster: config.cluster, owner, epoch, ttlMs: promiseMs(config) };
    const command = claimCommand(guard, asked, { clock: late, until });
    const outcome = await connection.run(command, { sudo: !root && sudo, timeoutMs, signal });
    const answer = outcome.status === "ok" ? parseClaimAnswer(outcome.stdout, clock.monotonic()) : undefined;
    return answer && { node: node.name, sentAt, answer };
  } catch (error) {
    // A line that was cut while it was in use stays silent for long after it has healed.
    if (signal.aborted && !stop.aborted) nodes.discard(node.name);
    throw error;
  } finally {
    dispose();
  }
}
