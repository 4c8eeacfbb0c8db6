import type { Duplex } from "node:stream";
import type { Config, Placement } from "../../domain/config/types.ts";
import { dockerRights } from "../../domain/docker/client/rights.ts";
import { PictlError } from "../../domain/errors.ts";
import {
  holdLocks,
  lockIdleSeconds,
  type LockAnswer,
  type LockHolder,
  parseLockAnswer,
  parseUnusable,
} from "../../domain/lock/command.ts";
import { quote } from "../../domain/shell.ts";
import { visible } from "../../domain/text.ts";
import { nodeOf } from "./observe/observer.ts";
import type { Clock, Ports } from "../ports.ts";

export interface LocksInput {
  readonly config: Config;
  readonly placements: readonly Place[];
  /** How long to try for locks that somebody else holds; 0 asks once. */
  readonly waitMs: number;
  /** Who changes nothing locks nothing. */
  readonly dryRun: boolean;
}

type LockPorts = Pick<Ports, "nodes" | "clock" | "signal" | "progress" | "actor">;

type Place = Pick<Placement, "container" | "node">;

const retryMs = 500;

/** In the order in which whoever locks one container on several nodes is to ask for it, so that no two wait for each other. */
export function inLockOrder(places: readonly Place[]): readonly Place[] {
  return [...places].sort((a, b) => (a.node < b.node ? -1 : 1));
}

/**
 * Runs `work` with the locks on the containers it is about to change, on the nodes where they are. `locked` resolves
 * when the lock on that container is ours and throws lock-held, telling by whom, connection-lost when it is ours no
 * more, or what connecting throws; the first question to a node asks for all its containers at once. The locks are free
 * when `work` ends, and when pictl is killed, because its connections end.
 */
export async function withLocks<T>(
  ports: LockPorts,
  input: LocksInput,
  work: (locked: (place: Place) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (input.dryRun) return work(() => Promise.resolve());
  const { cluster } = input.config;
  const nameOf = ({ container }: Place): string => `${cluster}.${container}`;
  const deadline = ports.clock.monotonic() + input.waitMs;
  const { who, cause } = ports.actor;
  const holder = { who, cause, since: new Date(ports.clock.now()).toISOString() };
  const holdings = new Map<string, Promise<Holding>>();
  const holdingOn = (node: string): Promise<Holding> => {
    const names = [...new Set(input.placements.filter((each) => each.node === node).map(nameOf))];
    const holding = holdings.get(node) ?? hold(ports, input.config, { node, names, deadline, holder });
    holdings.set(node, holding);
    return holding;
  };
  try {
    return await work(async (place) => {
      const holding = await holdingOn(place.node);
      const answer = holding.answers.find((each) => each.name === nameOf(place));
      // Two names of one machine ask for the same lock twice.
      const ourOwn = answer?.held === true && answer.by?.since === holder.since && answer.by.who === holder.who;
      if (answer?.held === true && !ourOwn) throw heldBy(answer, place);
      if (holding.isLost()) throw lostLock(place);
    });
  } finally {
    await Promise.allSettled([...holdings.values()].map(async (holding) => (await holding).release()));
  }
}

/**
 * Undoes something under its lock: that which is ours still, else one that is taken anew, also after an interruption. Throws
 * lock-held where somebody else has it, who puts right what was cut off by themselves, and what connecting throws.
 */
export async function underLock<T>(
  ports: LockPorts,
  { config, place, stillLocked }: { config: Config; place: Place; stillLocked: () => Promise<void> },
  undo: () => Promise<T>,
): Promise<T> {
  try {
    await stillLocked();
  } catch {
    const anew = { ...ports, signal: new AbortController().signal };
    return withLocks(anew, { config, placements: [place], waitMs: 0, dryRun: false }, async (locked) => {
      await locked(place);
      return undo();
    });
  }
  return undo();
}

interface Holding {
  readonly answers: readonly LockAnswer[];
  /** Whether the node has let go, or will, because the line to it has ended. */
  isLost(): boolean;
  /** Resolves when the node has let go, so that what comes next, be it this very command, finds the locks free. */
  release(): Promise<void>;
}

/** Takes what is free; while something is held and there is time, frees everything and tries again. */
async function hold(
  ports: LockPorts,
  config: Config,
  { node, names, deadline, holder }: { node: string; names: readonly string[]; deadline: number; holder: LockHolder },
): Promise<Holding> {
  const connection = await ports.nodes.connect(nodeOf(config, node), ports.signal);
  // Before the node is looked at: what is decided then must not be done to it after a restart (`RunOptions.guard`).
  const clock = connection.clock().catch(() => undefined);
  // As who changes the container: the lock is where everybody who may do so looks.
  const { sudo } = dockerRights(await connection.privilege());
  for (;;) {
    const line = await connection.pipe(holdLocks(names, holder), { sudo, signal: ports.signal, held: true });
    let answers: readonly LockAnswer[];
    try {
      [answers] = await Promise.all([readAnswers(line, { node, count: names.length }), clock]);
    } catch (error) {
      line.destroy();
      if (ports.signal.aborted || (error instanceof PictlError && error.code !== "command-failed")) throw error;
      ports.progress.warn(
        `${node} has no working \`flock\`, so nothing keeps two pictl commands apart there. Install util-linux or busybox on it.`,
      );
      return { answers: [], isLost: () => false, release: () => Promise.resolve() };
    }
    const isLost = (): boolean => line.destroyed || line.readableEnded;
    const holding = { answers, isLost, release: keepAlive(ports, line) };
    const remaining = deadline - ports.clock.monotonic();
    if (!answers.some((answer) => answer.held) || remaining <= 0) return holding;
    await holding.release();
    await ports.clock.sleep(Math.min(retryMs, remaining), ports.signal);
  }
}

/** A line is no longer than its holder, which the node cuts at 1000 bytes. */
const longestAnswer = 4096;

async function readAnswers(
  line: Duplex,
  { node, count }: { readonly node: string; readonly count: number },
): Promise<readonly LockAnswer[]> {
  const answers: LockAnswer[] = [];
  let rest = "";
  for (;;) {
    const chunk = (line.read() as Buffer | null)?.toString("utf8");
    if (chunk === undefined) {
      await nextRead(line);
      continue;
    }
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestAnswer) throw new Error("the lock command says something else");
    const unusable = lines.map(parseUnusable).find((path) => path !== undefined);
    if (unusable !== undefined) throw unusableLock(node, unusable);
    answers.push(...lines.map(parseLockAnswer).filter((answer) => answer !== undefined));
    if (answers.length >= count) return answers;
  }
}

function nextRead(line: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      line.off("readable", settle).off("error", settle).off("end", settle).off("close", settle);
      if (line.readableEnded || line.destroyed) reject(line.errored ?? new Error("the lock command ended"));
      else resolve();
    };
    line.on("readable", settle).on("error", settle).on("end", settle).on("close", settle);
  });
}

function keepAlive(ports: Pick<Ports, "clock">, line: Duplex): () => Promise<void> {
  const over = new AbortController();
  const closed = new Promise<void>((resolve) => {
    line.on("close", () => {
      over.abort();
      resolve();
    });
  });
  line.on("error", () => undefined);
  // Nothing more is said, but its end is heard.
  line.resume();
  void beatOn(ports.clock, line, over.signal);
  return async () => {
    over.abort();
    line.end();
    const stop = new AbortController();
    await Promise.race([closed, ports.clock.sleep(farewellMs, stop.signal).catch(() => undefined)]);
    stop.abort();
    line.destroy();
  };
}

/** A sign of life at once, and then again and again until `over`. */
async function beatOn(clock: Clock, line: Duplex, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    line.write(".");
    await clock.sleep((lockIdleSeconds * 1000) / 4, over).catch(() => undefined);
  }
}

/** How long a node may take to say that a lock is free; a dead line frees it by itself. */
const farewellMs = 2000;

function heldBy(answer: LockAnswer & { held: true }, place: { container: string; node: string }): PictlError {
  const who = answer.by === undefined ? "another pictl command" : `\`${answer.by.cause}\` of ${answer.by.who}`;
  const since = answer.by === undefined ? "" : ` since ${answer.by.since}`;
  return new PictlError("lock-held", `${who} is changing this container${since}; nothing was done to it.`, {
    ...place,
    hint: "Wait for it to end, or say `--wait SECONDS`.",
  });
}

function unusableLock(node: string, path: string): PictlError {
  return new PictlError(
    "state-write-failed",
    `On the node, ${visible(path)} should keep two pictl commands apart, and this login cannot use it, or somebody else may write there: nothing was done.`,
    { node, hint: `Look at it there (\`ls -ld ${quote(path)}\`), and remove it as root.` },
  );
}

function lostLock(place: Place): PictlError {
  return new PictlError(
    "connection-lost",
    "The lock is lost, so nothing more was done: the connection that held it has ended, or its file on the node was removed.",
    {
      ...place,
      hint: "Somebody else may be changing the container now. Look first (`pictl status`), then say it again.",
    },
  );
}
