import pMap from "p-map";
import { abortable, timeLimit } from "../../abort.ts";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { type Claim, claimCommand, parseClaimAnswer, saysNoFlock } from "../../domain/guard/claim.ts";
import type { Electorate } from "../../domain/leadership/electorate.ts";
import {
  electoratesOf,
  epochToClaim,
  judge,
  type Judgement,
  type Standing,
  toRemember,
  withElectorate,
} from "../../domain/leadership/judge.ts";
import { witnessesOf } from "../../domain/leadership/witnesses.ts";
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
  readonly nodes: Pick<Nodes, "connect" | "discard">;
  /** Told of each node that answers, and can promise nothing. */
  readonly cannot: (node: string, why: Inability | undefined) => void;
}

/** `root`: its login cannot become root. `flock`: two claims at one instant could both be promised. */
export type Inability = "root" | "flock";

/**
 * One round of leadership: every node that elects, or has elected, is asked at once for its promise, and once more when that
 * makes an election possible. A node that cannot be asked is one that did not answer.
 */
export async function claimLeadership(ports: ClaimPorts, input: ClaimInput): Promise<Judgement> {
  const own = witnessesOf(input.config);
  const standing = withElectorate(input.standing, own, namesOf(input.config));
  const { joint } = standing.memory;
  const first = await claimAll(ports, input, { standing, epoch: epochToClaim(standing), of: [own, ...joint] });
  const looked = await wider(ports, input, first, own);
  if (looked.elect === undefined) return looked;
  // Those of whom only the first look heard, too: that an electorate is over is told by its own nodes.
  const of = [own, ...first.heard, ...looked.heard];
  const second = await claimAll(ports, input, { standing: looked.standing, epoch: looked.elect, of });
  // Before it leads, those who elected the one before hear who elects from now on.
  const { elected, epoch, joint: untold } = second.standing.memory;
  if (!elected || untold.length === 0) return second;
  return claimAll(ports, input, { standing: second.standing, epoch, of: [own, ...untold] });
}

/** Those who looked again at the nodes of whom they have just heard, if there are such. */
async function wider(ports: ClaimPorts, input: ClaimInput, judgement: Judgement, own: Electorate): Promise<Judgement> {
  const { standing, heard } = judgement;
  const asked = new Set([own, ...standing.memory.joint].flat());
  if (standing.memory.elected || heard.flat().every((name) => asked.has(name))) return judgement;
  return claimAll(ports, input, { standing, epoch: 0, of: [own, ...heard] });
}

interface Asked {
  readonly standing: Standing;
  readonly epoch: number;
  /** Whose nodes are asked, where they are in the config. */
  readonly of: readonly Electorate[];
}

async function claimAll(ports: ClaimPorts, input: ClaimInput, asked: Asked): Promise<Judgement> {
  const { config } = input;
  const answers = await Promise.all(askAll(ports, input, asked));
  return judge(asked.standing, {
    nodes: witnessesOf(config),
    everyNode: namesOf(config),
    ttlMs: promiseMs(config),
    epoch: asked.epoch,
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
  { standing, epoch, of }: Asked,
): readonly Promise<Answer | undefined>[] {
  const { config } = input;
  const names = new Set(of.flat());
  const claimed = claimOf(config, standing, epoch);
  return config.nodes
    .filter(({ name }) => names.has(name))
    .map((node) => claim(ports, input, node, claimed).catch(() => undefined));
}

function claimOf(config: Config, standing: Standing, epoch: number): Claim {
  const { cluster } = config;
  const electorate = witnessesOf(config);
  const { owner } = standing.memory;
  return { cluster, owner, epoch, electorate, marks: toRemember(standing), ttlMs: promiseMs(config) };
}

/** Whether enough of those who may elect the next leader store what this one has them remember; resolves as soon as that is certain. */
export function enoughStore(
  ports: ClaimPorts,
  input: ClaimInput,
  isEnough: (electorate: Electorate, stored: readonly string[]) => boolean,
): Promise<boolean> {
  const { standing, config } = input;
  const of = electoratesOf(standing, witnessesOf(config));
  const asked = askAll(ports, input, { standing, epoch: standing.memory.epoch, of });
  return new Promise((resolve) => {
    const stored: string[] = [];
    let open = namesOf(config).filter((name) => of.flat().includes(name));
    const enough = (nodes: readonly string[]): boolean => of.every((each) => isEnough(each, nodes));
    const tell = (): void => {
      if (enough(stored)) resolve(true);
      else if (!enough([...stored, ...open])) resolve(false);
    };
    tell();
    for (const [at, each] of asked.entries()) {
      const node = open[at];
      void each.then((answer) => {
        open = open.filter((name) => name !== node);
        if (answer?.answer.claimed === true) stored.push(answer.node);
        tell();
      });
    }
  });
}

/**
 * Tells other nodes who leads, and who has elected him: they obey nobody of before from then on, and whoever asks them for an
 * election hears of it. They promise nothing. Resolves to the names of those that know; never rejects.
 */
export async function announce(
  ports: ClaimPorts & Pick<Ports, "concurrency">,
  input: ClaimInput,
  to: readonly NodeSpec[],
): Promise<readonly string[]> {
  const { standing, config } = input;
  const told = { ...claimOf(config, standing, standing.memory.epoch), ttlMs: 0 };
  const answers = await pMap(to, (node) => claim(ports, input, node, told).catch(() => undefined), {
    concurrency: ports.concurrency,
  });
  return answers.flatMap((each) => (each?.answer.claimed === true ? [each.node] : []));
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
  { nodes, cannot }: Pick<ClaimInput, "nodes" | "cannot">,
  node: NodeSpec,
  asked: Claim,
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
    const command = claimCommand(guard, asked, { clock: late, until });
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
