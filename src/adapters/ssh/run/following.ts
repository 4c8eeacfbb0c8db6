import type { Readable } from "node:stream";
import type { ClientChannel } from "ssh2";
import type { Outcome, RunOptions } from "../../../app/ports.ts";
import type { PictlError } from "../../../domain/errors.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";
import { guardRefusal, type Ticket } from "../../../domain/guard/command.ts";
import { neverStarted } from "../../../domain/ssh/run/never-started.ts";
import { CapturedStream } from "./captured-stream.ts";
import type { Launch } from "./launch.ts";
import { feedStdin } from "./stdin.ts";

export interface SentCommand {
  readonly node: string;
  readonly channel: ClientChannel;
  readonly plan: Launch;
  /** What it carries so that the node can refuse it, if it does. */
  readonly ticket: Ticket | undefined;
  readonly password: Secret | undefined;
  readonly options: RunOptions;
  readonly durationMs: () => number;
  /** Called once, when the command certainly runs. */
  readonly onStarted: () => void;
}

const defaultOutputBytes = 1024 * 1024;
/** What a node says when it refuses a command is shorter. */
const refusalBytes = 1024;
/** A command that has ended and whose output is silent for so long has left something running that holds it open. */
const silenceMs = 2_000;

/** A sent command from its first byte to its outcome. Made while nothing has arrived from it yet. */
export class Following {
  /** Rejects with what a callback or the source of stdin rejected with, and with sudo-failed. */
  readonly ended: Promise<void>;
  closed = false;
  readonly #command: SentCommand;
  readonly #gone = new AbortController();
  readonly #stdout: CapturedStream;
  readonly #stderr: CapturedStream;
  #exit: { readonly code: number | null; readonly signal: string | undefined } | undefined;
  #silence: NodeJS.Timeout | undefined;
  #fed = false;
  #announced = false;
  #answered = false;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(command: SentCommand) {
    this.#command = command;
    const { channel } = command;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ended.catch(() => undefined);
    this.#stdout = this.#capture(channel, command.options.onStdout);
    this.#stderr = this.#capture(channel.stderr, command.options.onStderr, command.ticket ? refusalBytes : 0);
    channel.on("error", () => undefined);
    channel.on("exit", (code: number | null, signal?: string) => {
      this.#exit = { code, signal };
      this.#listenForSilence();
    });
    let open = 2;
    const onClose = (): void => {
      if (--open > 0) return;
      this.closed = true;
      this.#resolve();
    };
    channel.once("close", onClose);
    channel.stderr.once("close", onClose);
    if (command.plan.preamble !== "") channel.write(command.plan.preamble);
    this.#advance();
  }

  /** `reason`: why it is not waited for any longer, should it not have ended. */
  outcome(reason: "timeout" | "connection-lost" = "connection-lost"): Outcome {
    const output = {
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      truncated: this.#stdout.tail.truncated || this.#stderr.tail.truncated,
      durationMs: this.#command.durationMs(),
    };
    if (!this.#exit) return { ...output, status: "unknown", code: null, reason };
    const { code, signal } = this.#exit;
    if (code === null) {
      return { ...output, status: "unknown", code, reason: "killed", ...(signal && { remoteSignal: signal }) };
    }
    if (!this.#started) throw this.#failureToStart(code);
    const { ticket, node } = this.#command;
    const refused = ticket && guardRefusal(ticket, { code, stderr: output.stderr }, node);
    if (refused) throw refused;
    return code === 0 ? { ...output, status: "ok", code } : { ...output, status: "failed", code };
  }

  /** The process groups it runs in, as far as they are known. */
  get pids(): readonly number[] {
    const [stdout, stderr] = [this.#stdout.filter.pids, this.#stderr.filter.pids];
    return stdout.length > stderr.length ? stdout : stderr;
  }

  /** It runs, or is about to run, through sudo. */
  get asRoot(): boolean {
    return this.#command.plan.markers.length > 1;
  }

  stop(): void {
    clearTimeout(this.#silence);
    this.#gone.abort();
  }

  get #started(): boolean {
    return this.#stdout.filter.missing === 0 || this.#stderr.filter.missing === 0;
  }

  #capture(source: Readable, onChunk: RunOptions["onStdout"], atLeast = 0): CapturedStream {
    return new CapturedStream(source, {
      markers: this.#command.plan.markers,
      keep: Math.max(this.#command.options.maxOutputBytes ?? defaultOutputBytes, atLeast),
      onChunk,
      onActivity: () => {
        this.#listenForSilence();
        this.#advance();
      },
      onFailure: this.#reject,
    });
  }

  #listenForSilence(): void {
    if (!this.#exit) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.#resolve, silenceMs);
  }

  /** Stdin is for the command alone: where sudo reads a password first, it is held back until the command runs. */
  #advance(): void {
    const { channel, plan, options, onStarted } = this.#command;
    if (this.#started && !this.#announced) {
      this.#announced = true;
      onStarted();
    }
    if (this.#fed) return;
    if (plan.prompt !== undefined && !this.#started) {
      this.#answerPrompt(plan.prompt);
      return;
    }
    this.#fed = true;
    feedStdin(channel, options.stdin, this.#gone.signal).catch(this.#reject);
  }

  /** sudo asks on stderr; it gets one answer, since wrong ones lock accounts. */
  #answerPrompt(prompt: string): void {
    const asked = this.#stderr.filter.noise().split(prompt).length - 1;
    if (asked === 0) return;
    if (asked > 1) {
      this.#reject(this.#failureToStart(1));
    } else if (!this.#answered) {
      this.#answered = true;
      this.#command.channel.write(`${this.#command.password?.reveal() ?? ""}\n`);
    }
  }

  #failureToStart(code: number): PictlError {
    const { plan, node } = this.#command;
    const said = [this.#stdout, this.#stderr].map(({ filter }) => filter.noise().replaceAll(plan.prompt ?? "\0", ""));
    const missing = Math.min(this.#stdout.filter.missing, this.#stderr.filter.missing);
    return neverStarted({
      node,
      stage: missing === 2 || plan.markers.length === 1 ? "shell" : "sudo",
      said: said.join("\n"),
      code,
      wrongPassword: this.#answered,
    });
  }
}
