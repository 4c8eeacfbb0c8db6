/** `pictl` as a user runs it, in a process of its own: the release build if there is a fresh one, else the sources. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly config: string;
  /** Default: none (/dev/null). */
  readonly stdin?: string | Uint8Array;
  /** With a terminal on all three, as `script` makes one. */
  readonly terminal?: boolean;
  /** On top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that are loaded ahead of it, which then runs from the sources. */
  readonly preload?: readonly string[];
}

export interface RunningCli {
  readonly pid: number;
  readonly ended: Promise<CliRun>;
  /** What it wrote so far, to stdout and to stderr. */
  readonly said: () => string;
  readonly complained: () => string;
  readonly stderr: Readable;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Types on its terminal; without a terminal, or with `stdin`, there is nobody to. */
  readonly type: (text: string) => void;
}

/** Runs a command line to its end. */
export async function pictl(words: readonly string[], options: CliOptions): Promise<CliRun> {
  return startPictl(words, options).ended;
}

/** Starts a command line. */
export function startPictl(words: readonly string[], options: CliOptions): RunningCli {
  const { preload = [] } = options;
  const program = preload.length === 0 ? pictlProgram : join(root, "bin/dev.js");
  const loaded = preload.length === 0 ? [] : ["tsx", ...preload].flatMap((module) => ["--import", module]);
  const argv = [process.execPath, ...loaded, program, ...words];
  // `exec`: a shell that waited for it would die of the Ctrl-C that is typed to it, and `script` with the shell.
  const line = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const [first = "", ...args] = options.terminal === true ? ["script", "-qec", `exec ${line}`, "/dev/null"] : argv;
  const child = spawn(first, args, {
    env: { ...process.env, PICLUSTER_CONFIG: options.config, TERM: "xterm", NO_COLOR: "1", ...options.env },
    stdio: [options.stdin === undefined && options.terminal !== true ? "ignore" : "pipe", "pipe", "pipe"],
  }) as ChildProcessWithoutNullStreams;
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  if (options.stdin !== undefined) {
    // A command need not read all of it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
  }
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => {
      child.on("close", (code) => {
        resolve({ code, stdout: text(stdout), stderr: text(stderr) });
      });
    }),
    said: () => text(stdout),
    complained: () => text(stderr),
    stderr: child.stderr,
    kill: (signal) => child.kill(signal),
    type: (text) => {
      child.stdin.write(text);
    },
  };
}

const buildIsFresh = ((): boolean => {
  const changed = (folder: string): number =>
    Math.max(
      ...readdirSync(join(root, folder), { recursive: true }).map(
        (file) => statSync(join(root, folder, String(file))).mtimeMs,
      ),
    );
  try {
    return statSync(join(root, "dist/main.js")).mtimeMs > Math.max(...["bin", "commands", "src"].map(changed));
  } catch {
    return false;
  }
})();

/** For `node`. */
export const pictlProgram = join(root, "bin", buildIsFresh ? "run.js" : "dev.js");
