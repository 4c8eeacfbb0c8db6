import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the command and of everything it started and waited for. */
  readonly cpuMs: number;
  /** The command's own greatest resident size; 0 when it was too short to be seen. */
  readonly peakBytes: number;
}

/** Runs a command to its end. Throws when its exit code is not 0: a peer that fails is no peer. */
async function measure(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Measurement> {
  // bash's `time` counts the children too, as GNU time does, and is there on every Debian.
  const child = spawn("bash", ["-c", 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&3', "bash", ...argv], {
    env: { ...env, LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const times = collect(child.stdio[2] as NodeJS.ReadableStream);
  const errors = collect(child.stdio[3] as NodeJS.ReadableStream);
  const peak = watchPeak(child.pid ?? 0);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with code ${String(code)}: ${(await errors).slice(-500)}`);
  const [real, user, system] = (await times).trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return {
    wallMs: (real ?? 0) * 1000,
    cpuMs: ((user ?? 0) + (system ?? 0)) * 1000,
    peakBytes: peak(),
  };
}

/** The medians of several runs of each command, taken in turns so that a busy moment hits all of them. */
export async function compare(
  commands: Readonly<Record<string, readonly string[]>>,
  runs: number,
): Promise<Record<string, Measurement>> {
  const taken: Record<string, Measurement[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, argv] of Object.entries(commands)) (taken[name] ??= []).push(await measure(argv));
  }
  return Object.fromEntries(
    Object.entries(taken).map(([name, list]) => [
      name,
      {
        wallMs: median(list.map((each) => each.wallMs)),
        cpuMs: median(list.map((each) => each.cpuMs)),
        peakBytes: Math.max(...list.map((each) => each.peakBytes)),
      },
    ]),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Runs a command that is not measured and resolves to its output. Rejects when its exit code is not 0. */
export async function call(...[program = "", ...args]: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout;
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Looks at the bash child's first child (the command itself) until it is gone. */
function watchPeak(shell: number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    void childOf(shell)
      .then((pid) => readFile(`/proc/${pid}/status`, "utf8"))
      .then((status) => {
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
      })
      .catch(() => undefined);
  }, 10);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

async function childOf(pid: number): Promise<string> {
  const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8");
  const first = children.trim().split(" ")[0];
  if (first === undefined || first === "") throw new Error("no child yet");
  return first;
}
