import { firstOf } from "../abort.ts";
import { rememberFound } from "../app/node/left-behind.ts";
import { type Leadership, mayDo } from "../app/leadership/index.ts";
import { type Heartbeat, openHeartbeat, type Round } from "../app/heartbeat/index.ts";
import type { ConfigStore, HeartbeatPorts, StateFile, VipPorts } from "../app/ports.ts";
import { record } from "../app/kit/record.ts";
import type { Config } from "../domain/config/types.ts";
import type { DaemonState } from "../domain/daemon.ts";
import { PictlError } from "../domain/errors.ts";
import type { Found } from "../domain/node/left-behind.ts";
import { switchedOff } from "../domain/heartbeat/checks/subjects.ts";
import { beat } from "./heart.ts";
import { startLeading } from "./leader.ts";
import { watchLeaving } from "./leaving.ts";
import { startService } from "./service.ts";
import type { StallWatch } from "./stall.ts";
import { keepVips, type VipKeeping } from "./vip.ts";
import { watchConfig } from "./watch.ts";

export interface DaemonInput {
  readonly config: Config;
  readonly store: ConfigStore;
  /** What `pictl daemon status` reads. */
  readonly state: StateFile<DaemonState>;
  readonly leadership: Leadership;
  readonly vip: Pick<VipKeeping, "state" | "requests">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly identity: Pick<DaemonState, "pid" | "configPath" | "version">;
  /** Aborted when the daemon is to leave: no new round is begun. */
  readonly leave: AbortSignal;
  /** Calls the listener when somebody asks for the config to be read again, or a round to be made, at once. */
  readonly wake: (listener: () => void) => void;
  /** Of this process; stopped in the end. */
  readonly stalls: StallWatch;
  /** What goes on beside the rounds until `leave` is aborted, and never rejects or delays one. */
  readonly beside: readonly ((run: BesideRounds) => Promise<void>)[];
  /** Tries once more to write what the state folder could not take. */
  readonly catchUp: () => Promise<void>;
  /** Aborts the work in hand: what is half done is undone. */
  readonly abandon: (reason: Error) => void;
}

export interface BesideRounds {
  readonly leave: AbortSignal;
  readonly config: () => Config;
}

/** What is in hand may end by itself for so long, and then undo itself for so long; together below 10 s. */
const finishMs = 6000;
const undoMs = 3000;

/**
 * Runs until `leave` is aborted: the parts start in order and stop in reverse. The step in hand is finished or undone
 * before it resolves; what cannot be is in the journal, for the next start. Rejects with what is a bug.
 */
export async function runDaemon(ports: HeartbeatPorts & VipPorts, input: DaemonInput): Promise<void> {
  const { state, identity, store, leadership, stalls } = input;
  const failed = new AbortController();
  const { signal: leave } = firstOf([input.leave, failed.signal]);
  const startedAt = new Date(ports.clock.now()).toISOString();
  const host = ports.actor.who.slice(ports.actor.who.lastIndexOf("@") + 1);
  let lastRound: Round | undefined;
  const save = (round: Round | undefined, config: Config, stoppedAt: string | null = null): Promise<void> => {
    lastRound = round;
    return state.write({
      ...identity,
      host,
      startedAt,
      stoppedAt,
      ...roundState(round, config, new Date(ports.clock.now())),
      configProblem: watch.broken(),
    });
  };

  const before = await state.read();
  if (before?.stoppedAt === null) await record(ports, { type: "daemon.lost", error: endedWithoutAWord(before) });
  await record(ports, { type: "daemon.started", after: { pid: identity.pid, config: identity.configPath } });
  let toldOff: string | undefined;
  /** Loudly, since a daemon that runs is taken for one that watches. */
  const tellOff = async (current: Config): Promise<void> => {
    const off = switchedOff(current);
    if (off !== undefined && off !== toldOff) await record(ports, { type: "heartbeat.off", error: off });
    toldOff = off;
  };
  await tellOff(input.config);
  const watch = watchConfig(store, input.config, async (change) => {
    await record(ports, change);
  });
  const leaving = watchLeaving(ports);
  await save(undefined, input.config);
  let { config } = input;
  const heartbeat = openHeartbeat(ports, {
    store: watch.store,
    counts: "anew",
    place: (placed) => leadership.place(config, placed),
    lease: (what) => leadership.lease(what),
    leave: () => leadership.behind()?.gone ?? [],
  });
  const service = startService(input.env, ports.clock);
  let vipFailure: Error | undefined;
  const beside = input.beside.map((start) => start({ leave, config: () => config }));
  try {
    const leading = await startLeading(
      { ...ports, nodes: ports.vipNodes, counters: heartbeat },
      {
        leadership,
        leave,
        store: watch.store,
        config: () => config,
        onConfig: (current) => {
          config = current;
        },
      },
    );
    const failing = leading.ended.catch((error: unknown) => {
      failed.abort();
      throw error;
    });
    const vips = keepVips(ports, {
      ...input.vip,
      pid: identity.pid,
      leadership,
      leave,
      config: () => Promise.resolve(config),
      onFailure: (error) => {
        vipFailure ??= error instanceof Error ? error : new Error(String(error));
        failed.abort();
      },
    });
    vips.keep(config);
    const beating = beat({
      heartbeat,
      clock: ports.clock,
      random: ports.random,
      stalls,
      leave,
      wake: input.wake,
      config: async () => {
        const current = await watch.refresh();
        await input.catchUp();
        await tellOff(current);
        await leaving(current);
        return current;
      },
      configProblem: () => watch.broken(),
      mayDo: (current) => mayDo(leadership, current),
      onTurn: (current) => {
        config = current;
        vips.keep(config);
        service.alive(2 * config.heartbeat.intervalMs);
      },
      onRound: async (round, current) => {
        await rememberFound(ports, current, foundIn(round));
        await save(round, current);
      },
    });
    await Promise.all([beating, failing]);
    await vips.ended();
    if (vipFailure !== undefined) throw vipFailure;
  } finally {
    service.stop();
    await comeToRest(ports, heartbeat, input.abandon);
    stalls.stop();
    failed.abort();
    await Promise.all(beside);
    await record(ports, { type: "daemon.stopped" });
    await save(lastRound, config, new Date(ports.clock.now()).toISOString());
  }
}

async function comeToRest(ports: HeartbeatPorts, heartbeat: Heartbeat, abandon: DaemonInput["abandon"]): Promise<void> {
  const within = async (ms: number): Promise<boolean> => {
    const timer = new AbortController();
    const rested = await Promise.race([
      heartbeat.settled().then(() => true),
      ports.clock.sleep(ms, timer.signal).then(
        () => false,
        () => false,
      ),
    ]);
    timer.abort();
    return rested;
  };
  if (await within(finishMs)) return;
  abandon(new PictlError("interrupted", "The daemon was stopped."));
  await within(undoMs);
}

function endedWithoutAWord({ startedAt, lastRound }: DaemonState): string {
  const last = lastRound === undefined ? "had not ended its first round" : `made its last round at ${lastRound.at}`;
  return `It was started at ${startedAt} and ${last}; it was killed, or this machine stopped.`;
}

function foundIn({ nodes }: Round): Found {
  return new Map(
    Object.entries(nodes).flatMap(([name, facts]) => (facts.state === "up" ? [[name, facts.containers]] : [])),
  );
}

function roundState(round: Round | undefined, config: Config, now: Date): Pick<DaemonState, "heartbeat" | "lastRound"> {
  const { automatic, intervalMs } = config.heartbeat;
  return {
    heartbeat: { automatic, intervalMs },
    lastRound: round && {
      at: now.toISOString(),
      isolated: round.isolated,
      nodes: Object.fromEntries(Object.entries(round.nodes).map(([name, facts]) => [name, facts.state])),
      failing: round.rows
        .filter((row) => !row.ok)
        .map(({ container, node, message, decision, trouble }) => ({
          container,
          node,
          message,
          ...(decision === "" ? {} : { decision }),
          ...(trouble === undefined ? {} : { trouble }),
        })),
    },
  };
}
