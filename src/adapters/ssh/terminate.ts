import type { ClientChannel } from "ssh2";
import type { Outcome, RunOptions } from "../../app/ports.ts";
import { script, type Command } from "../../domain/shell.ts";
import { discard } from "./dial.ts";
import type { Running } from "./ending.ts";
import { run } from "./run.ts";
import type { Session } from "./session.ts";

/** A second connection to the same node. */
export interface Elsewhere {
  run(command: Command, options: RunOptions): Promise<Outcome>;
  close(): Promise<void>;
}

/** Milliseconds between asking a command to end and making it end. */
const graceMs = 2_000;

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
 * channel is gone or given up, never later than two seconds after the grace.
 *
 * The signals are sent by a command of their own, over another connection where this one has no session to spare
 * (MaxSessions 1). SSH has a request for it (RFC 4254, 6.9), but OpenSSH refuses it when the login is root, and it
 * does not reach what sudo started; it is the last resort.
 */
export async function terminate(
  session: Session,
  elsewhere: () => Promise<Elsewhere>,
  running: Running,
): Promise<void> {
  const { channel, release, pids } = running;
  let timer: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => channel.once("close", resolve));
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs + 2_000);
  });
  channel.removeAllListeners("data");
  channel.stderr.removeAllListeners("data");
  channel.resume();
  channel.stderr.resume();

  if (pids.length === 0) requestSignal(channel, "TERM");
  else void signalGroups(session, elsewhere, running);
  await Promise.race([closed, patience]);
  clearTimeout(timer);
  requestSignal(channel, "KILL");
  discard(channel);
  release();
}

async function signalGroups(
  session: Session,
  elsewhere: () => Promise<Elsewhere>,
  { channel, pids, sudo }: Running,
): Promise<void> {
  try {
    await run(session, killGroups(pids), { sudo, timeoutMs: 2 * graceMs });
  } catch {
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
