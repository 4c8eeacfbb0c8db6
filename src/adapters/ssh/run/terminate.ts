import type { Client, ClientChannel } from "ssh2";
import { pause } from "../../../abort.ts";
import type { Outcome, RunOptions } from "../../../app/ports.ts";
import { script, type Command } from "../../../domain/shell.ts";
import { discard } from "../connect/dial.ts";
import type { Running } from "./ending.ts";
import { runCommand } from "./run.ts";
import type { Session } from "../connect/session.ts";

/** A second connection to the same node. */
export interface Elsewhere {
  run(command: Command, options: RunOptions): Promise<Outcome>;
  close(): Promise<void>;
}

/** Milliseconds between asking a command to end and making it end. */
const graceMs = 2_000;
/**
 * Milliseconds in which a node shows that it is there: one that does not is not waited for, as it cannot end anything.
 * One that was slow before is given twice as long as it took then.
 */
const silenceMs = ({ openedInMs }: Running): number => Math.min(Math.max(250, 2 * openedInMs), graceMs);

/** TERM to process groups, and KILL to what is left of them after two seconds. */
const killGroups = (pids: readonly number[]): ReturnType<typeof script> =>
  script(
    `for p do kill -TERM -$p 2>/dev/null; done
for s in 1 2; do for p do kill -0 -$p 2>/dev/null && sleep 1 && break; done; done
for p do kill -KILL -$p 2>/dev/null; done; exit 0`,
    ...pids.map(String),
  );

/**
 * Ends a remote command: TERM, KILL after a grace, and the channel closed whatever the node does. Resolves when the
 * channel is gone or given up: at once when the node is silent or the command's processes are unknown, never later than
 * two seconds after the grace. To whether the node was there.
 *
 * The signals are sent by a command of their own, over another connection where this one has no session to spare
 * (MaxSessions 1). SSH has a request for it (RFC 4254, 6.9), but OpenSSH refuses it when the login is root, and it
 * does not reach what sudo started; it is the last resort.
 */
export async function terminate(
  session: Session,
  elsewhere: () => Promise<Elsewhere>,
  running: Running,
): Promise<boolean> {
  const { channel, release, pids } = running;
  const closed = new Promise<true>((resolve) => {
    channel.once("close", () => {
      resolve(true);
    });
  });
  const over = new AbortController();
  const within = async (ms: number): Promise<false> =>
    pause(ms, over.signal).then(
      () => false,
      () => false,
    );
  channel.removeAllListeners("data");
  channel.stderr.removeAllListeners("data");
  channel.resume();
  channel.stderr.resume();

  if (pids.length === 0) requestSignal(channel, "TERM");
  else void signalGroups(session, elsewhere, running, over.signal);
  const there = await Promise.race([closed, answered(session.client), within(silenceMs(running))]);
  if (there) await Promise.race([closed, within(pids.length === 0 ? silenceMs(running) : graceMs + 2_000)]);
  over.abort();
  requestSignal(channel, "KILL");
  discard(channel);
  release();
  return there;
}

/** Resolves when the server answers, which takes neither a session nor a process: to a request that changes nothing. */
function answered(client: Client): Promise<true> {
  return new Promise((resolve) => {
    try {
      client.unforwardIn("localhost", 0, () => {
        resolve(true);
      });
    } catch {
      // The connection is gone: nobody answers.
    }
  });
}

async function signalGroups(
  session: Session,
  elsewhere: () => Promise<Elsewhere>,
  { channel, pids, sudo }: Running,
  over: AbortSignal,
): Promise<void> {
  try {
    await runCommand(session, killGroups(pids), { sudo, timeoutMs: 2 * graceMs });
  } catch {
    if (over.aborted) return;
    requestSignal(channel, "TERM");
    const other = await elsewhere().catch(() => undefined);
    await other?.run(killGroups(pids), { sudo, timeoutMs: 2 * graceMs }).catch(() => undefined);
    await other?.close();
  }
}

interface Internals {
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly _client: { readonly _protocol: { signal(channel: number, name: string): void } };
}

/** ssh2's own `signal()` does nothing once stdin has ended, as it nearly always has: hence its internals. */
function requestSignal(channel: ClientChannel, name: "TERM" | "KILL"): void {
  const { outgoing, _client } = channel as unknown as Internals;
  if (outgoing.state !== "open" && outgoing.state !== "eof") return;
  try {
    _client._protocol.signal(outgoing.id, name);
  } catch {
    // The connection is gone, and with it whatever could be signalled.
  }
}
