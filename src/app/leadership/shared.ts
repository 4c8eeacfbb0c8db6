import { timeLimit } from "../../abort.ts";
import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { noGenerations } from "../../domain/container/copies/generations.ts";
import { latestBelieved } from "../../domain/container/copies/ownership.ts";
import type { PastMove } from "../../domain/heartbeat/memory.ts";
import { blockingSet, majority } from "../../domain/leadership/judge.ts";
import {
  difference,
  keepCommand,
  layoutOf,
  maxSharedBytes,
  newest,
  parseShared,
  recallCommand,
  type Shared,
} from "../../domain/leadership/shared.ts";
import { witnessesOf } from "../../domain/leadership/witnesses.ts";
import { safety } from "../../domain/safety.ts";
import { sha256 } from "../kit/digest.ts";
import type { Connection, Ports } from "../ports.ts";
import type { Leadership } from "./index.ts";

const timeoutMs = 3_000;

/** The counters that limit how much is moved, with times of the wall clock. */
export interface Counters {
  moves(): readonly PastMove[];
  learn(moves: readonly PastMove[]): void;
}

export interface SharedPorts extends Pick<Ports, "nodes" | "clock" | "signal" | "generations"> {
  readonly counters: Counters;
}

/**
 * A leader's round of what is shared: what the one before has left is read once, before anything is done, and compared with our
 * layout; from then on ours is kept there whenever it has changed, but not while it is the older one. Rejects with
 * state-write-failed.
 */
export function openShared(
  ports: SharedPorts,
  leadership: Pick<Leadership, "fence" | "agreed" | "agree" | "isReconciled" | "reconciled" | "behind">,
): (config: Config) => Promise<void> {
  let known: Shared | undefined;
  let kept = "";
  /** Our layout when it was found to be the older one. */
  let older = "";

  const read = async (config: Config): Promise<boolean> => {
    const elect = electing(config);
    const answers = await Promise.all(elect.map((node) => recall(ports, config, node)));
    const heard = answers.filter((each) => each !== undefined);
    if (heard.length < blockingSet(elect)) return false;
    known = newest(heard.map(({ shared }) => shared));
    if (!known) return true;
    const { generation, moves } = known;
    const latest = latestBelieved(ports.clock.now(), 0);
    await ports.generations.update((own = noGenerations) =>
      generation > own.last && generation <= latest ? { ...own, last: generation } : own,
    );
    if (safety["shared-counters"]) ports.counters.learn(moves);
    return true;
  };

  return async (config) => {
    const layout = layoutOf(config.placements);
    const digest = digestOf(layout);
    if (!leadership.isReconciled()) {
      if (!(await read(config))) return;
      // What was left is what we have seen: then ours is the later one.
      const isOurs = known && digestOf(known.layout) === leadership.agreed();
      leadership.reconciled(known && !isOurs && safety["shared-layout"] ? difference(layout, known.layout) : undefined);
      older = leadership.behind() ? digest : "";
      kept = "";
    }
    if (older === digest) return;
    // Somebody has changed it since, knowing what we tell.
    if (leadership.behind()) leadership.reconciled(undefined);
    older = "";
    const { last } = (await ports.generations.read()) ?? noGenerations;
    const now = { layout, generation: last, moves: ports.counters.moves() };
    const elect = electing(config);
    // Who elects from now on may not have it yet.
    const text = JSON.stringify([now, elect.map(({ name }) => name)]);
    if (text !== kept) {
      const next = { epoch: leadership.fence().epoch, count: (known?.count ?? 0) + 1, ...now };
      known = next;
      const stored = await Promise.all(elect.map((node) => keep(ports, config, { node, shared: next })));
      if (stored.filter(Boolean).length >= majority(elect)) kept = text;
    }
    if (kept === text) await leadership.agree(digest);
  };
}

function digestOf(layout: Shared["layout"]): string {
  return sha256(JSON.stringify(layout));
}

function electing(config: Config): readonly NodeSpec[] {
  const names = witnessesOf(config);
  return config.nodes.filter(({ name }) => names.includes(name));
}

function keep(
  ports: SharedPorts,
  config: Config,
  { node, shared }: { readonly node: NodeSpec; readonly shared: Shared },
): Promise<boolean> {
  const stored = asRoot(ports, node, async (connection, options) => {
    const stdin = JSON.stringify(shared);
    return connection.run(keepCommand(config.cluster), { ...options, stdin, guard: { lock: "shared" } });
  });
  return stored.then((outcome) => outcome?.status === "ok");
}

/** undefined: nobody knows what it keeps. */
async function recall(
  ports: SharedPorts,
  config: Config,
  node: NodeSpec,
): Promise<{ readonly shared: Shared | undefined } | undefined> {
  const outcome = await asRoot(ports, node, (connection, options) =>
    connection.run(recallCommand(config.cluster), { ...options, maxOutputBytes: maxSharedBytes }),
  );
  return outcome?.status === "ok" ? { shared: parseShared(outcome.stdout) } : undefined;
}

interface RootOptions {
  readonly sudo: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function asRoot<T>(
  { nodes, clock, signal: stop }: Pick<SharedPorts, "nodes" | "clock" | "signal">,
  node: NodeSpec,
  work: (connection: Connection, options: RootOptions) => Promise<T>,
): Promise<T | undefined> {
  const { signal, dispose } = timeLimit(clock, timeoutMs, stop);
  try {
    const connection = await nodes.connect(node, signal);
    const { root, sudo } = await connection.privilege();
    return await work(connection, { sudo: !root && sudo, timeoutMs, signal });
  } catch {
    return undefined;
  } finally {
    dispose();
  }
}
