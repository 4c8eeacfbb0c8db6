import type { ClientChannel } from "ssh2";
import type { OpenChannel } from "./channels.ts";
import { discard } from "./dial.ts";

/** Milliseconds between asking a command to end and making it end. */
const graceMs = 2_000;

/**
 * Ends a remote command: TERM, KILL after a grace, and the channel closed whatever the node does. Returns at once;
 * `done` is called when the channel is gone or given up.
 */
export function terminate({ channel, release }: OpenChannel, done: () => void): void {
  channel.removeAllListeners("data");
  channel.stderr.removeAllListeners("data");
  channel.resume();
  channel.stderr.resume();
  const finish = (): void => {
    clearTimeout(timer);
    release();
    done();
  };
  const timer = setTimeout(() => {
    signalRemote(channel, "KILL");
    discard(channel);
    finish();
  }, graceMs);
  channel.once("close", finish);
  signalRemote(channel, "TERM");
}

interface Internals {
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly _client: { readonly _protocol: { signal(channel: number, name: string): void } };
}

/**
 * sshd delivers a signal to the command's process group. ssh2's own `signal()` does nothing once stdin has ended,
 * though the protocol allows it (RFC 4254, 6.9), and a command's stdin has nearly always ended: hence its internals.
 */
export function signalRemote(channel: ClientChannel, name: "TERM" | "KILL"): void {
  const { outgoing, _client } = channel as unknown as Internals;
  if (outgoing.state !== "open" && outgoing.state !== "eof") return;
  try {
    _client._protocol.signal(outgoing.id, name);
  } catch {
    // The connection is gone, and with it whatever could be signalled.
  }
}
