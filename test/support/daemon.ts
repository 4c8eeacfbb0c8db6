/** `pictl daemon` as a process of its own that tests start, stop, kill and let stand still. */
import { once } from "node:events";
import { type RunningCli, startPictl } from "./cli.ts";

export interface DaemonOptions {
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that are loaded ahead of it, which then runs from the sources. */
  readonly preload?: readonly string[];
  /** Called with each new process. */
  readonly onStart?: (pid: number) => void;
}

export interface PictlEvent {
  readonly type: string;
  readonly node?: string;
  readonly container?: string;
  readonly error?: string;
  readonly after?: { readonly rule?: string };
}

export class Daemon {
  readonly #options: DaemonOptions;
  #process: RunningCli | undefined;
  #log = "";

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** Resolves when it has said its first word. */
  async start(): Promise<void> {
    const { config, env = {}, preload = [], onStart } = this.#options;
    const started = startPictl(["daemon"], { config, env, preload });
    this.#process = started;
    onStart?.(started.pid);
    await Promise.race([once(started.stderr, "data"), started.ended]);
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Everything that all of its processes said. */
  log(): string {
    return this.#log + (this.#process?.complained() ?? "");
  }

  /** What all of its processes told as events, of this type or of all, oldest first. */
  events(type?: string): PictlEvent[] {
    return this.log()
      .split("\n")
      .slice(0, -1)
      .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as PictlEvent] : []))
      .filter((event) => type === undefined || event.type === type);
  }

  /** Asked to leave; resolves to its exit code when it has, to null when it had to be killed after 15 s. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = this.#process;
    if (ending === undefined) return null;
    ending.kill(signal);
    ending.kill("SIGCONT");
    const late = setTimeout(() => {
      ending.kill("SIGKILL");
    }, 15_000);
    const { stderr, code } = await ending.ended;
    clearTimeout(late);
    this.#log += stderr;
    this.#process = undefined;
    return code;
  }
}
