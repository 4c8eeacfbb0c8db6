import { abortable, timeLimit } from "../../abort.ts";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { type Claim, claimCommand, parseClaimAnswer, saysNoFlock } from "../../domain/guard/claim.ts";
import {
  epochToClaim,
  judge,
  type Judgement,
  type Standing,
  toRemember,
  withElectorate,
} from "../../domain/leadership/judge.ts";
import { safety } from "../../domain/safety.ts";
import type { Nodes, Ports } from "../ports.ts";

/** How often a daemon asks the nodes for their promise, milliseconds. */
export const renewMs = 5_000;
/** How long a node may take to answer. */
const timeoutMs = 3_000;

export type ClaimPorts = Pick<Ports, "scripts" | "clock" | "signal"> & { readonly random: () => number };

export interface ClaimInput {
  readonly config: Config;
  readonly standing: Standing;
  readonly nodes: Nodes;
  /** Told of each node that answers, and can promise nothing. */
  readonly cannot: (node: string, why: Inability | undefined) => void;
}

/** `root`: its login cannot become root. `flock`: two claims at one instant could both be promised. */
export type Inability = "root" | "flock";

/**
 * One round of leadership: every node is asked at once for its promise, and once more when that makes an election
 * possible. A node that cannot be asked is one that did not answer.
 */
export async function claimLeadership(ports: ClaimPorts, input: ClaimInput): Promise<Judgement> {
  const standing = withElectorate(input.standing, namesOf(input.config));
  const first = await claimAll(ports, input, standing, epochToClaim(standing));
  if (first.elect === undefined) return first;
  const second = await claimAll(ports, input, first.standing, first.elect);
  // Before it leads, those who elected the one before hear who elects from now on.
  const tells = second.standing.memory.elected && second.standing.memory.joint.length > 0;
  return tells ? claimAll(ports, input, second.standing, second.standing.memory.epoch) : second;
}

async function claimAll(ports: ClaimPorts, input: ClaimInput, standing: Standing, epoch: number): Promise<Judgement> {
  const { config } = input;
  const answers = await Promise.all(askAll(ports, input, standing, epoch));
  return judge(standing, {
    nodes: namesOf(config),
    ttlMs: promiseMs(config),
    epoch,
    answers: answers.filter((answer) => answer !== undefined),
    now: ports.clock.monotonic(),
    random: ports.random(),
  });
}

function namesOf({ nodes }: Config): readonly string[] {
  return nodes.map(({ name }) => name);
}

type Answer = Parameters<typeof judge>[1]["answers"][number];

/** Every node's answer; undefined when it cannot be asked or does not answer. None of them rejects. */
function askAll(
  ports: ClaimPorts,
  input: ClaimInput,
  standing: Standing,
  epoch: number,
): readonly Promise<Answer | undefined>[] {
  const electorate = namesOf(input.config);
  const asked = { owner: standing.memory.owner, epoch, marks: toRemember(standing), electorate };
  return input.config.nodes.map((node) => claim(ports, input, node, asked).catch(() => undefined));
}

/** Whether so many nodes store what this leader has them remember; resolves as soon as that is certain. */
export function enoughStore(ports: ClaimPorts, input: ClaimInput, enough: number): Promise<boolean> {
  const asked = askAll(ports, input, input.standing, input.standing.memory.epoch);
  return new Promise((resolve) => {
    let stored = 0;
    let open = asked.length;
    for (const each of asked) {
      void each.then((answer) => {
        open -= 1;
        if (answer?.answer.claimed === true) stored += 1;
        if (stored >= enough) resolve(true);
        else if (stored + open < enough) resolve(false);
      });
    }
  });
}

/** Longer than any lease that is granted on the strength of it, and than two rounds that fail. */
function promiseMs({ vips }: Config): number {
  return Math.max(...vips.map(({ mode, leaseMs }) => (mode === "lease" ? leaseMs : 0)), renewMs) + 2 * renewMs;
}

/**
 * The login becomes root: what a node remembers must be where every other login of the cluster looks. One that cannot
 * gets no promise, and so never leads.
 */
async function claim(
  { scripts, clock, signal: stop }: ClaimPorts,
  { config, nodes, cannot }: ClaimInput,
  node: NodeSpec,
  asked: Pick<Claim, "owner" | "epoch" | "marks" | "electorate">,
): Promise<Answer | undefined> {
  const { signal, dispose, expired } = timeLimit(clock, timeoutMs, stop);
  let connected = false;
  try {
    // One that takes longer goes on connecting, for the next round: it would else begin anew again and again.
    const connection = await abortable(nodes.connect(node, stop), signal);
    connected = true;
    const until = clock.monotonic() + timeoutMs;
    const [guard, late, { root, sudo }] = await abortable(
      Promise.all([scripts.read("guard.sh"), connection.clock(), connection.privilege()]),
      signal,
    );
    // Each login would have a promise of its own, in its own home.
    if (safety["one-memory"] && !root && !sudo) {
      cannot(node.name, "root");
      return undefined;
    }
    const sentAt = clock.monotonic();
    const { cluster } = config;
    const command = claimCommand(guard, { ...asked, cluster, ttlMs: promiseMs(config) }, { clock: late, until });
    const outcome = await connection.run(command, { sudo: !root && sudo, timeoutMs, signal });
    cannot(node.name, outcome.status === "failed" && saysNoFlock(outcome) ? "flock" : undefined);
    const answer = outcome.status === "ok" ? parseClaimAnswer(outcome.stdout, clock.monotonic()) : undefined;
    return answer && { node: node.name, sentAt, answer };
  } catch (error) {
    // A line that was cut while it was in use stays silent for long after it has healed.
    if (expired() && connected) nodes.discard(node.name);
    throw error;
  } finally {
    dispose();
  }
}
