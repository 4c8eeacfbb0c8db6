import type { Duplex } from "node:stream";
import type { Config, ConfigProblem, HeartbeatCheck, NodeSpec } from "../domain/config/types.ts";
import type { RawConfig } from "../domain/config/raw.ts";
import type { SecretSource } from "../domain/config/secret-source.ts";
import type { PictlEvent } from "../domain/event.ts";
import type { MoveRecord } from "../domain/move/journal.ts";
import type { Secret } from "../domain/secret.ts";
import type { Command } from "../domain/shell.ts";
import type { ContainerFacts, DiskFacts, EngineInfo, ImageFacts, LogRecord, StatsSample } from "../domain/docker/facts.ts";
import type { ControllerFacts } from "../domain/doctor/controller.ts";
import type { RegistryAddress } from "../domain/registry/address.ts";
import type { FoundImage, ImageTag } from "../domain/registry/listing.ts";

/** Everything the use cases need from outside. `src/context.ts` fills it; `test/fakes` has the stand-ins. */
export interface Ports {
  readonly nodes: Nodes;
  readonly engines: Engines;
  readonly contexts: BuildContexts;
  readonly secrets: Secrets;
  readonly registries: Registries;
  readonly events: EventLog;
  readonly journal: Journal;
  readonly checks: Checks;
  readonly hooks: Hooks;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Aborted by Ctrl-C and by the deadline of the whole command. */
  readonly signal: AbortSignal;
  /** How many nodes are worked on at a time. */
  readonly concurrency: number;
  /** Stamped on every event: `user@host`, and the command that caused it. */
  readonly actor: { readonly who: string; readonly cause: string };
}

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The SSH side: one connection per node, opened at the first use and shared by everything in this command. */
export interface Nodes {
  /**
   * The connection to a node; concurrent and repeated calls get the same one while it lives.
   * Rejects with a PictlError: node-unreachable, auth-failed, host-key-unknown, host-key-changed, interrupted.
   */
  connect(node: NodeSpec, signal?: AbortSignal): Promise<Connection>;
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

export interface ShownHostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** The key, base64. */
  readonly base64: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly status: "trusted" | "unknown" | "changed" | "revoked";
  /** `file:line` of the entry that decided, if there is one. */
  readonly entry: string | undefined;
  /** That entry's key. */
  readonly known?: { readonly type: string; readonly fingerprint: string };
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
  pipe(command: Command, options?: { readonly sudo?: boolean; readonly signal?: AbortSignal }): Promise<Duplex>;
  /**
   * Opens a terminal on the node with the login shell in it, or a command. Rejects as `run` does, and then nothing
   * was started.
   */
  terminal(command: Command | undefined, options: TerminalOptions): Promise<RemoteTerminal>;
  /** A stream to a unix socket on the node (direct-streamlocal). Rejects when sshd or the socket refuses. */
  openSocket(path: string, signal?: AbortSignal): Promise<Duplex>;
  /** A TCP connection made by the node (direct-tcpip). Rejects when sshd forbids it or nobody answers there. */
  openTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  /** How this login reaches root's things on the node; asked once per connection. */
  privilege(): Promise<Privilege>;
  /** How the connection came about, for people to read; missing where an implementation does not know. */
  readonly login?: Login;
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
  /** What was typed. */
  write(bytes: Uint8Array): void;
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
}

export interface RunOptions {
  /** Milliseconds from the call to the result, at every stage (queueing, channel open, exec, output). Default 60 s; Infinity for none. */
  readonly timeoutMs?: number;
  readonly stdin?: string | Uint8Array | Secret | AsyncIterable<Uint8Array>;
  /** Run as root through sudo (no-op when the login is root). */
  readonly sudo?: boolean;
  /** Live output; while a returned promise is pending, the node is made to wait (backpressure). */
  readonly onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr?: (chunk: Uint8Array) => void | Promise<void>;
  /** Bytes of stdout and of stderr kept in the outcome (the tail); default 1 MB. 0 keeps none. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

export type Outcome = {
  readonly stdout: string;
  readonly stderr: string;
  /** Output beyond maxOutputBytes was dropped from the front. */
  readonly truncated: boolean;
  readonly durationMs: number;
} & (
  | { readonly status: "ok"; readonly code: 0 }
  | { readonly status: "failed"; readonly code: number }
  | {
      readonly status: "unknown";
      readonly code: null;
      readonly reason: "timeout" | "connection-lost" | "killed";
      readonly remoteSignal?: string;
    }
);

/** Docker on a node, for reading. Changes go through the docker client as commands (`src/domain/docker`). */
export interface Engines {
  /** Rejects with docker-missing, docker-unavailable, docker-denied and what `Nodes.connect` rejects with. */
  on(node: NodeSpec, signal?: AbortSignal): Promise<Engine>;
}

export interface Engine {
  info(): Promise<EngineInfo>;
  /** All containers, stopped ones too. */
  containers(): Promise<ContainerFacts[]>;
  /** One sample of a running container's use, without waiting for a second one. */
  stats(containerId: string): Promise<StatsSample>;
  images(): Promise<ImageFacts[]>;
  /** What things take on the disk; Docker measures it, which may take it a while. */
  disk(): Promise<DiskFacts>;
  /** The layers of an image, the lowest first; none when it is gone. */
  layers(imageId: string): Promise<readonly string[]>;
  logs(containerId: string, options: LogOptions): AsyncIterable<LogRecord>;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end, undefined for all. */
  readonly tail: number | undefined;
  /** Seconds since the epoch (may be fractional), undefined for all. */
  readonly since: number | undefined;
  readonly signal: AbortSignal;
}

/** Build folders on the controller. */
export interface BuildContexts {
  /**
   * Reads a folder once for its digest. Resolves to undefined when the controller has no such folder; rejects with
   * build-context-invalid (no Dockerfile, a fifo, an unreadable file, a bad `.dockerignore`) and interrupted.
   */
  open(folder: string, signal?: AbortSignal): Promise<BuildContext | undefined>;
}

export interface BuildContext {
  readonly folder: string;
  /** `sha256:` and the hash of everything docker would see: names, kinds, modes, link targets and data, no times. */
  readonly digest: string;
  readonly files: number;
  /** Bytes of data in the files. */
  readonly bytes: number;
  /**
   * The context as a tar, read from disk as it is consumed; may be asked for any number of times. Throws
   * build-context-invalid in the stream when a file is no longer what the digest was made of.
   */
  tar(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface Secrets {
  /** Rejects with secret-missing. */
  read(source: SecretSource): Promise<Secret>;
}

/**
 * Image registries and Docker Hub, asked from this machine. Both reject with registry-unreachable, registry-denied,
 * registry-failed and interrupted.
 */
export interface Registries {
  /** Repositories that fit the term, best first, at most `limit`. */
  search(
    registry: RegistryAddress,
    query: { readonly term: string; readonly limit: number },
    access: RegistryAccess,
  ): Promise<Listing<FoundImage>>;
  /** All tags, in the registry's order. Rejects with image-missing too. */
  tags(registry: RegistryAddress, path: string, access: RegistryAccess): Promise<Listing<ImageTag>>;
}

export interface RegistryAccess {
  /** Sent only where the registry asks for it, over HTTPS or to this machine, or else as `insecure` allows. */
  readonly login?: RegistryLogin | undefined;
  /** Take any certificate, and plain HTTP. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: Secret;
}

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** false: the list was cut off, because the registry has more than is ever read. */
  readonly complete: boolean;
}

/** The machine pictl runs on, as `doctor` looks at it. */
export interface Controller {
  /** Changes nothing. Never rejects: what cannot be looked at is told in the facts. */
  look(paths: { readonly config: string; readonly stateDir: string }): Promise<ControllerFacts>;
}

export interface EventLog {
  /** Appends durably enough to survive a crash of pictl. Never rejects: an unwritable log is warned about once. */
  append(event: PictlEvent): Promise<void>;
  /**
   * The events of the past, oldest first; with `follow` then those to come, until the signal is aborted.
   * `onCaughtUp` is awaited between the two. Rejects with missing-prerequisite when the log cannot be read.
   */
  read(options: {
    readonly follow: boolean;
    readonly signal: AbortSignal;
    readonly onCaughtUp?: () => void | Promise<void>;
  }): AsyncIterable<PictlEvent>;
}

/** Moves under way, kept over crashes. */
export interface Journal {
  /** Durable when it resolves: written, fsynced, renamed. Rejects with state-write-failed. */
  write(record: MoveRecord): Promise<void>;
  /** Every move that has not ended. */
  read(): Promise<readonly MoveRecord[]>;
  /** The move has ended. */
  remove(container: string): Promise<void>;
}

/** Looks whether a container does its work. `src/checks/kinds` has the ways. */
export interface Checks {
  /** Never rejects, but for an abort: whatever goes wrong is a check that failed. Ends within the check's timeout. */
  run(check: HeartbeatCheck["check"], target: CheckTarget): Promise<CheckResult>;
}

/** The network as this machine sees it, for checks. */
export interface Network {
  tcp(host: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Sends one request over a connection that `connect` makes; the body is cut at 64 KB. */
  http(request: HttpRequest, connect: () => Promise<Duplex>, signal: AbortSignal): Promise<HttpAnswer>;
  /** One ICMP echo. */
  ping(host: string, timeoutMs: number): Promise<boolean>;
}

export interface HttpRequest {
  readonly path: string;
  /** The Host header, and the name that TLS asks for. */
  readonly host: string;
  readonly tls: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface CheckTarget {
  readonly node: NodeSpec;
  readonly container: string;
  readonly signal: AbortSignal;
}

export interface CheckResult {
  readonly ok: boolean;
  /** What was seen, in a few words: `connected`, `HTTP 503`, `refused`. */
  readonly message: string;
  readonly durationMs: number;
}

/** What the user wants to be told of: a local command (event as JSON on stdin) or a URL (event as JSON, POST). */
export interface Hooks {
  /** Never rejects. Ends within `timeoutMs`. */
  run(hook: string, event: PictlEvent, timeoutMs: number): Promise<{ readonly ok: boolean; readonly message: string }>;
}

/** What a command shows while it works. The lines are for people; nothing is decided on them. */
export interface Progress {
  /**
   * One step of the command, shown until it ends. `where` is a node or container@node. A step that only `look`s is
   * not worth a line where there is no terminal to redraw.
   */
  step(where: string, title: string): Step;
  look(where: string): Step;
  /** A warning for stderr, once each. */
  warn(message: string): void;
}

export interface Step {
  update(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}

/** Questions to a person. Each throws confirmation-missing, naming the way around, when nobody can be asked. */
export interface Ask {
  /** `instead`: the flag that answers without a terminal, such as `--yes`. */
  confirm(question: string, instead: string): Promise<boolean>;
  text(question: string, instead: string, initial?: string): Promise<string>;
  /** Not shown while typed. */
  hidden(question: string, instead: string): Promise<string>;
}

export interface ConfigStore {
  readonly path: string;
  /** `raw` has the rows as they stand in the file: what edits count their indexes by. */
  read(): Promise<{ readonly config: Config; readonly raw: RawConfig; readonly warnings: readonly ConfigProblem[] }>;
  /**
   * The config as the edits would make it; nothing is written. Rejects with config-invalid when they would break it.
   */
  preview(edits: readonly ConfigEdit[]): Promise<Config>;
  /**
   * Re-reads under the lock, applies the edits to the text (formatting, comments and key order stay), checks the
   * result and writes it atomically, with one `.bak`. Rejects with config-invalid (nothing written), lock-held,
   * config-write-failed.
   */
  change(edits: (config: Config, raw: RawConfig) => readonly ConfigEdit[]): Promise<void>;
}

/** The config as a text with mistakes in it, for the commands that look at it and repair it. */
export interface EditableConfigStore extends ConfigStore {
  /** Rejects only when the file cannot be read as text (config-not-found, config-invalid). */
  inspect(): Promise<ConfigInspection>;
  /** What would be wrong with a text in the file's place. */
  check(text: string): Promise<readonly ConfigProblem[]>;
  /** As `change`, but what stands in the file need not be valid before; the result must be. */
  apply(edits: readonly ConfigEdit[]): Promise<void>;
  /** Puts `after` in the place of `before`. Rejects with config-write-failed when the file says something else by now. */
  replace(texts: { readonly before: string; readonly after: string }): Promise<void>;
}

export interface ConfigInspection {
  readonly text: string;
  /** Errors and warnings, in the order of the text. */
  readonly problems: readonly ConfigProblem[];
  /** The document as plain values, secrets and all; undefined when the text cannot be parsed. */
  readonly document: unknown;
  /** The document in the file's language, without comments, its secrets hidden. */
  readonly shown: string;
}

/** Paths are keys and indexes: `["layout", 0, "web"]`. `set` on a list index equal to its length appends. */
export type ConfigEdit =
  | { readonly op: "set"; readonly path: readonly (string | number)[]; readonly value: unknown }
  | { readonly op: "delete"; readonly path: readonly (string | number)[] };
