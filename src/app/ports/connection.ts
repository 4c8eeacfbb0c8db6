import type { Duplex } from "node:stream";
import type { NodeSpec } from "../../domain/config/types.ts";
import type { CommandEnd } from "../../domain/exec/grade.ts";
import type { ClockSample } from "../../domain/guard/clock.ts";
import type { SeenKey } from "../../domain/node/trust.ts";
import type { Secret } from "../../domain/secrets/secret.ts";
import type { Command } from "../../domain/shell.ts";

/** The SSH side: one connection per node, opened at the first use and shared by everything in this command. */
export interface Nodes {
  /**
   * The connection to a node; concurrent and repeated calls get the same one while it lives.
   * Rejects with a PictlError: node-unreachable, auth-failed, host-key-unknown, host-key-changed, interrupted.
   */
  connect(node: NodeSpec, signal?: AbortSignal): Promise<Connection>;
  /** Forgets the connection to a node that no longer answers on it, so that the next call opens a new one. */
  discard(node: string): void;
  /** Closes every connection. Never rejects. */
  close(): Promise<void>;
}

/** Host keys, for `node trust` and `doctor`. The SSH adapter's `openNodes` gives it together with `Nodes`. */
export interface HostKeys {
  /**
   * The keys a node shows, without logging in to it. Where a jump host on the way is not trusted, it is that one's
   * keys that are shown (`hop`): trust them and ask again. Rejects as `Nodes.connect` does.
   */
  shown(node: NodeSpec, signal?: AbortSignal): Promise<ShownHostKeys>;
  /**
   * Adds the keys to known_hosts (the user's, or `ssh.knownHostsFile`) and returns that file's path; keys that are
   * trusted already are left alone. A `changed` key needs `replace`, which removes the entry it contradicts. `only`:
   * the fingerprints of the keys that are meant; the others are not looked at. Rejects with host-key-changed (nothing
   * written) without `replace`, for a revoked key, and where the old entry stands in a line or a file that cannot be
   * edited safely; with host-key-unknown when the file cannot be written.
   */
  trust(
    shown: ShownHostKeys,
    options?: { readonly replace?: boolean; readonly only?: readonly string[] },
  ): Promise<string>;
}

export interface ShownHostKeys {
  readonly node: string;
  /** The jump host whose keys these are; undefined when they are the node's own. */
  readonly hop: string | undefined;
  /** The name in known_hosts: `host`, `[host]:port` or HostKeyAlias. */
  readonly name: string;
  readonly keys: readonly ShownHostKey[];
}

export interface ShownHostKey extends SeenKey {
  /** The key, base64. */
  readonly base64: string;
}

export interface Connection {
  readonly node: string;
  /**
   * Runs a command and waits for its end. A non-zero exit code is a result, and so is not knowing (`unknown`);
   * rejects only when the command certainly never started (shell-unusable, connection-lost before exec,
   * sudo-failed) or when `signal` was aborted (interrupted), after asking the node to stop it.
   */
  run(command: Command, options?: RunOptions): Promise<Outcome>;
  /** Starts a command and hands over its stdin and stdout; stderr is kept (tail) and becomes the error's text. */
  pipe(command: Command, options?: PipeOptions): Promise<Duplex>;
  /**
   * Opens a terminal on the node with the login shell in it, or a command. Rejects as `run` does, and then nothing
   * was started.
   */
  terminal(command: Command | undefined, options: TerminalOptions): Promise<RemoteTerminal>;
  /**
   * A stream to a unix socket on the node (direct-streamlocal). Rejects with command-failed when sshd or the socket
   * refuses, with connection-lost when nobody is there to say so.
   */
  openSocket(path: string, signal?: AbortSignal): Promise<Duplex>;
  /** A TCP connection made by the node (direct-tcpip). Rejects as `openSocket` does. */
  openTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  /**
   * Listens on 127.0.0.1 of the node (tcpip-forward); who connects there comes out here. Rejects as `openSocket` does, also
   * where the port is taken; port 0 takes a free one.
   */
  listen(port: number, onStream: (stream: Duplex) => void, signal?: AbortSignal): Promise<RemoteListener>;
  /** How this login reaches root's things on the node; asked once per connection. */
  privilege(): Promise<Privilege>;
  /**
   * The engine that the docker client of this login speaks to, as a `DOCKER_HOST`; asked once. A `docker` command that
   * `run`, `pipe` and `terminal` are given goes to just this one. Rejects with connection-lost.
   */
  dockerHost(): Promise<string>;
  /**
   * The node's own clock as it was no more than `maxAgeMs` (default 60 s) ago. Costs no round trip while it is young
   * enough: it comes along with `privilege`. Rejects with connection-lost.
   */
  clock(options?: { readonly maxAgeMs?: number }): Promise<ClockSample>;
  /** How the connection came about, for people to read; missing where an implementation does not know. */
  readonly login?: Login;
}

/** Listens on a node until it is closed, or the connection ends. */
export interface RemoteListener {
  readonly port: number;
  /** What came in goes on. Never rejects. */
  close(): Promise<void>;
}

export interface PipeOptions {
  readonly sudo?: boolean;
  readonly signal?: AbortSignal;
  /**
   * It stays open while its holder runs other commands on this connection. There are few of these at a time, and the
   * others wait, so that whoever holds one gets on.
   */
  readonly held?: boolean;
  /**
   * It may last for ever, and so may many others at once: where this connection has no room for one more, another
   * connection is opened for it.
   */
  readonly lasting?: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions extends TerminalSize {
  /** What the terminal is, as `$TERM` names it. */
  readonly term: string;
  /** While a returned promise is pending, the node is made to wait. */
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>;
  readonly signal: AbortSignal;
}

/** A terminal on a node, from the side of who looks at it. */
export interface RemoteTerminal {
  /** What was typed. While a returned promise is pending, the node is behind. */
  write(bytes: Uint8Array): void | Promise<void>;
  resize(size: TerminalSize): void;
  /** Hangs up: the programs there get SIGHUP. Returns at once; `ended` resolves. */
  hangUp(): void;
  /** Never rejects. `code` is null when it was killed by a signal, or its end is not known. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal?: string;
    readonly lost: boolean;
  }>;
}

export interface Login {
  /** `host:port` after ssh_config has spoken. */
  readonly address: string;
  readonly user: string;
  /** What the node accepted: `publickey /root/.ssh/id_ed25519`, `password`. */
  readonly method: string;
  /** Jump hosts, nearest first. */
  readonly through: readonly string[];
}

/** `root`: is uid 0. `docker`: may use the docker socket. `sudo`: `sudo -n` works, or a password was given. */
export interface Privilege {
  readonly root: boolean;
  readonly docker: boolean;
  readonly sudo: boolean;
  /** Why `sudo -n` did not work, in its own words; missing where it did, and where it only wanted a password. */
  readonly sudoSaid?: string;
  /** The socket of an engine that is this login's own, where there is one. */
  readonly rootless?: string;
}

export interface RunOptions {
  /** Milliseconds from the call to the result, at every stage (queueing, channel open, exec, output). Default 60 s; Infinity for none. */
  readonly timeoutMs?: number;
  /** A chunk of an iterable is done with before the next one is asked for. */
  readonly stdin?: string | Uint8Array | Secret | AsyncIterable<Uint8Array>;
  /** Run as root through sudo (no-op when the login is root). */
  readonly sudo?: boolean;
  /** Waits for no other commands of this connection; for a short look, one at a time. */
  readonly ahead?: boolean;
  /**
   * Of a script that neither sudo nor the guard runs: `dockerHost`, which is wanted as well, is asked by the same session,
   * where nobody has asked yet. The answer is a line on stderr, ahead of the script's own.
   */
  readonly asksDockerHost?: boolean;
  /**
   * For every change that matters: the node refuses it when it comes late, after a reboot, or from a daemon that leads
   * no longer. Then `run` rejects with command-late, node-rebooted, superseded, lock-held or state-write-failed, and certainly
   * nothing was done.
   */
  readonly guard?: GuardOptions;
  /** Live output; while a returned promise is pending, the node is made to wait (backpressure). */
  readonly onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr?: (chunk: Uint8Array) => void | Promise<void>;
  /** Bytes of stdout and of stderr kept in the outcome (the tail); default 1 MB. 0 keeps none. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

export interface GuardOptions {
  /** Milliseconds after being sent within which the command must have begun; default 10 s, or `timeoutMs` if shorter. */
  readonly windowMs?: number;
  /** Our monotonic time until which it must have begun, instead of `windowMs`. */
  readonly until?: number;
  /**
   * Asked when it is sent: our monotonic time after which it must not begin, whatever `until` and `windowMs` say. One that
   * has passed already is told as superseded, and nothing is sent.
   */
  readonly lease?: () => number;
  /** How old the sample of the node's clock may be, milliseconds; default 60 s. */
  readonly clockAgeMs?: number;
  /**
   * A lock on the node that is held while the command runs, for our own scripts that must not run twice at once. They
   * find the deadline in PICTL_DEADLINE (hundredths of a second of /proc/uptime).
   */
  readonly lock?: string;
}

export type Outcome = {
  readonly stdout: string;
  readonly stderr: string;
  /** Output beyond maxOutputBytes was dropped from the front. */
  readonly truncated: boolean;
  readonly durationMs: number;
} & CommandEnd;
