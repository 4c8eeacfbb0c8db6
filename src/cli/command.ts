import { setMaxListeners } from "node:events";
import { Command, Flags, type Interfaces } from "@oclif/core";
import type { Ask } from "../app/ports.ts";
import type { Report } from "../app/kit/report.ts";
import type { Context, ContextOptions } from "../context.ts";
import { type Failure, PictlError } from "../domain/errors.ts";
import type { Config } from "../domain/config/types.ts";
import { emptyLayoutText } from "../view/empty-layout.ts";
import { failureText } from "../view/failures.ts";
import type { Style } from "../view/text/style.ts";
import { createAsk } from "./input/ask.ts";
import { failuresOf } from "./errors/failures.ts";
import { exitCodeFor, jsonDocument, jsonFailure, jsonText } from "../view/document.ts";
import { type CliProgress, createProgress } from "./output/progress.ts";
import { nodesIn, without } from "./output/early.ts";
import { describeTerminal, type Terminal } from "./output/terminal.ts";

/** Of a command whose question was answered with no, which is no failure. */
const exitCodeOfNo = 4;

/** Of a command that was ended by SIGTERM at a question, as a shell gives it. */
const exitCodeOfTermination = 143;

/** The flags every command has. */
export type GlobalFlags = Interfaces.InferredFlags<(typeof PictlCommand)["baseFlags"]>;

/**
 * The base of every command: global flags, one way to print a result, one way to fail. A command parses, opens what
 * it needs, calls one use case and hands the report to `finish`.
 */
export abstract class PictlCommand extends Command {
  static override baseFlags = {
    config: Flags.string({
      summary: "Config file.",
      char: "c",
      helpGroup: "GLOBAL",
      helpValue: "FILE",
      env: "PICLUSTER_CONFIG",
    }),
    json: Flags.boolean({ summary: "Print one JSON document.", helpGroup: "GLOBAL" }),
    "no-color": Flags.boolean({ summary: "Print no colours.", helpGroup: "GLOBAL" }),
    debug: Flags.boolean({ summary: "Show stack traces.", helpGroup: "GLOBAL" }),
    concurrency: Flags.integer({
      summary: "Nodes worked on at a time.",
      helpGroup: "GLOBAL",
      helpValue: "N",
      default: 32,
      min: 1,
      max: 1000,
    }),
  };

  readonly #interruption = new AbortController();
  readonly #closers: (() => Promise<void>)[] = [];
  #progress: CliProgress | undefined;
  #terminated = false;
  /** The nodes whose rows have been printed, and until when they are being printed. */
  #early: ReadonlySet<string | null> | undefined;
  #printing: Promise<void> | undefined;
  /** In the place of the one that its failures give. */
  #exitCode: number | undefined;
  #config: Config | undefined;

  /** Aborted by the first Ctrl-C or SIGTERM, the second one leaves at once; and by the end of the terminal. */
  protected get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  protected get terminal(): Terminal {
    return describeTerminal(
      { env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
      { noColor: this.#given("--no-color"), json: this.#given("--json") },
    );
  }

  protected get progress(): CliProgress {
    this.#progress ??= createProgress({
      terminal: this.terminal,
      quiet: this.#given("--json"),
      rehearsal: this.#given("--dry-run"),
      stderr: process.stderr,
      now: () => performance.now(),
      openDisplay: async () => (await import("./output/display.ts")).openDisplay(),
    });
    return this.#progress;
  }

  protected get ask(): Ask {
    return createAsk(this.terminal, {
      hold: () => this.progress.hold(),
      interruption: this.#interruption,
      onInterrupted: () => {
        this.#exitCode = this.#terminated ? exitCodeOfTermination : undefined;
      },
    });
  }

  /** Reads the config and gets everything a use case needs; closed again when the command ends. */
  protected async open(
    flags: GlobalFlags,
    instead: Partial<Pick<ContextOptions, "signal" | "progress" | "fence" | "face" | "ask">> = {},
  ): Promise<Context> {
    const { openContext } = await import("../context.ts");
    const context = await openContext({
      configPath: flags.config,
      concurrency: flags.concurrency,
      signal: instead.signal ?? this.signal,
      progress: instead.progress ?? this.progress,
      ...(instead.fence ? { fence: instead.fence } : {}),
      ...(instead.face ? { face: instead.face } : {}),
      ...(this.terminal.interactive ? { ask: instead.ask ?? this.ask } : {}),
      rehearsal: this.#given("--dry-run"),
      cause: `pictl ${(this.id ?? "").replaceAll(":", " ")}`,
    });
    this.#closers.push(() => context.close());
    this.#config = context.config;
    return context;
  }

  /**
   * Prints what is there while a node is awaited, for a use case to call; `finish` then prints the rest. Undefined with
   * --json, whose document is one.
   */
  protected early<Result extends object>(
    view: (result: Result, style: Style) => string,
  ): ((result: Result) => void) | undefined {
    if (this.#given("--json")) return undefined;
    return (result) => {
      this.#early = nodesIn(result);
      this.#printing = this.progress.hold().then((goOn) => {
        process.stdout.write(view(result, this.terminal.out));
        goOn();
      });
    };
  }

  /** Prints the report (JSON, or `view` on stdout and failures on stderr) and sets the exit code. */
  protected async finish<Result extends object>(
    report: Report<Result>,
    view: (result: Result, style: Style) => string,
  ): Promise<void> {
    await this.#printing;
    await this.progress.stop();
    if (this.#given("--json")) {
      process.stdout.write(`${jsonText(jsonDocument(report))}\n`);
    } else {
      const rest = this.#early ? without(report.result, this.#early) : report.result;
      if (rest) process.stdout.write(view(rest, this.terminal.out));
      process.stderr.write(failureText(this.terminal.err, report.failures));
      if (this.#config && report.failures.length === 0) {
        process.stderr.write(emptyLayoutText(this.terminal.err, this.#config, report.result));
      }
      if (report.exitCode === exitCodeOfNo && report.failures.length === 0) {
        process.stderr.write("Nothing was changed.\n");
      }
    }
    process.exitCode = exitCodeFor(report);
  }

  /** Another run of pictl, on this terminal; its exit code. */
  protected async runSelf(words: readonly string[]): Promise<number> {
    const { spawn } = await import("node:child_process");
    const [program = ""] = process.argv.slice(1);
    const child = spawn(process.execPath, [...process.execArgv, program, ...words], { stdio: "inherit" });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve(code ?? 1);
      });
    });
  }

  /** What SIGHUP means is then the command's own affair. */
  protected get outlivesTerminal(): boolean {
    return false;
  }

  /** Tells whoever pressed Ctrl-C that it was heard. */
  protected announceStop(): void {
    if (!this.#given("--json")) process.stderr.write("\nStopping; press Ctrl-C again to leave at once.\n");
  }

  protected override async init(): Promise<void> {
    await super.init();
    // Everything done on every node listens to it at once, and lets go when it has ended.
    setMaxListeners(0, this.signal);
    const interrupt = (): void => {
      if (this.signal.aborted) process.exit(130);
      this.#interruption.abort(new PictlError("interrupted", "Interrupted."));
      this.announceStop();
    };
    const terminate = (): void => {
      this.#terminated = true;
      interrupt();
    };
    // The kernel says so and the shell does too, and nobody is there to read an answer.
    const hangUp = (): void => {
      this.#interruption.abort(new PictlError("interrupted", "Interrupted: the terminal was closed."));
    };
    const listeners = [
      ["SIGINT", interrupt],
      ["SIGTERM", terminate],
      ...(this.outlivesTerminal ? [] : [["SIGHUP", hangUp] as const]),
    ] as const;
    for (const [signal, listener] of listeners) process.on(signal, listener);
    this.#closers.push(() => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
      return Promise.resolve();
    });
  }

  protected override async catch(error: Error): Promise<void> {
    await this.progress.stop();
    const failures: readonly Failure[] = failuresOf(error, this.id);
    const document = jsonFailure(failures);
    if (this.#given("--json")) process.stdout.write(`${jsonText(document)}\n`);
    else process.stderr.write(failureText(this.terminal.err, failures));
    if (this.#given("--debug")) process.stderr.write(`${error.stack ?? String(error)}\n`);
    process.exitCode = document.exitCode;
  }

  protected override async finally(): Promise<void> {
    await this.progress.stop();
    for (const close of this.#closers.splice(0).reverse()) await close();
    process.exitCode = this.#exitCode ?? process.exitCode;
  }

  /** A global switch, also when the command line could not be parsed. */
  #given(flag: string): boolean {
    const end = this.argv.indexOf("--");
    return (end === -1 ? this.argv : this.argv.slice(0, end)).includes(flag);
  }
}
