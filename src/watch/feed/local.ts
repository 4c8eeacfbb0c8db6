import { readDaemonStatus } from "../../app/daemon/status.ts";
import type { StateDir } from "../../domain/doctor/controller.ts";
import { toFailure } from "../../domain/errors.ts";
import { rebase } from "../../domain/heartbeat/memory.ts";
import type { Happening } from "../happening.ts";
import type { Bell } from "./bell.ts";
import type { Feed, LiveSources } from "./feed.ts";

/** They are small files of this machine. */
const everyMs = 2000;
/** Whether there is room in the state folder only writing there tells, which wears SD cards out. */
const roomEveryMs = 60_000;

/** Reads what the daemon tells and remembers, and the journal of moves, again and again. Rejects when the signal aborts. */
export async function watchLocal(
  { ports, board }: Feed,
  sources: Pick<LiveSources, "daemon" | "controller">,
  bell: Bell,
): Promise<never> {
  const { clock, signal } = ports;
  let room: { readonly stateDir: StateDir; readonly atMs: number } | undefined;
  for (;;) {
    if (!room || clock.monotonic() - room.atMs >= roomEveryMs) {
      const { stateDir } = board.current().config.config;
      room = { stateDir: await sources.controller.lookAtStateDir(stateDir), atMs: clock.monotonic() };
    }
    board.tell(await lookAtDaemon(ports, sources, room.stateDir));
    board.tell(await lookAtHeartbeat(ports));
    board.tell(await lookAtMoves(ports));
    await bell.wait(everyMs, signal);
    signal.throwIfAborted();
  }
}

async function lookAtDaemon(
  { clock }: Feed["ports"],
  { daemon }: Pick<LiveSources, "daemon">,
  stateDir: StateDir,
): Promise<Happening> {
  const atMs = clock.now();
  try {
    const { result, failures } = await readDaemonStatus({ ...daemon, now: atMs, stateDir });
    return { kind: "daemon", row: result.daemons[0] ?? null, failures, atMs };
  } catch (error) {
    return { kind: "daemon", row: null, failures: [toFailure(error)], atMs };
  }
}

async function lookAtHeartbeat(ports: Feed["ports"]): Promise<Happening> {
  const atMs = ports.clock.now();
  const saved = await ports.memory.read().catch(() => undefined);
  const memory = saved ? rebase(saved.memory, { shiftMs: saved.now - saved.monotonic, now: atMs }) : null;
  return { kind: "heartbeat", memory, atMs };
}

async function lookAtMoves(ports: Feed["ports"]): Promise<Happening> {
  const atMs = ports.clock.now();
  try {
    return { kind: "moves", open: await ports.journal.read(), failure: null, atMs };
  } catch (error) {
    return { kind: "moves", open: [], failure: toFailure(error), atMs };
  }
}
