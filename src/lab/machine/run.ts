import { spawn } from "node:child_process";
import { PictlError } from "../../domain/errors.ts";

export interface RunHereInput {
  readonly stdin?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program of this machine and gives its stdout. `doing` completes the sentence "Could not …".
 * Throws lab-failed with the program's own words when it exits with anything but 0, interrupted on abort.
 */
export async function runHere(doing: string, words: readonly string[], input: RunHereInput = {}): Promise<string> {
  const result = await attempt(words, input);
  if (input.signal?.aborted === true) throw new PictlError("interrupted", `Interrupted: could not ${doing}.`);
  if (result.code === 0) return result.stdout;
  throw new PictlError(
    "lab-failed",
    `Could not ${doing}: \`${words.slice(0, 6).join(" ")}\` ${result.how}${
      result.stderr.trim() === "" ? "" : `: ${result.stderr.trim().slice(-2000)}`
    }.`,
  );
}

export interface RunOutcome {
  /** null: did not start, or was killed. */
  readonly code: number | null;
  /** How it ended, in words. */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** As `run`, but any end is a result. Never rejects. */
export function attempt(words: readonly string[], input: RunHereInput = {}): Promise<RunOutcome> {
  const [program = "", ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: "pipe",
      env: { ...process.env, LC_ALL: "C", PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      timeout: input.timeoutMs ?? 60_000,
      killSignal: "SIGKILL",
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ code: null, how: `did not start (${error.message})`, stdout, stderr });
    });
    child.on("close", (code, signal) => {
      resolve({ code, how: signal === null ? `exited with ${code}` : `was killed by ${signal}`, stdout, stderr });
    });
    child.stdin.on("error", () => undefined).end(input.stdin ?? "");
  });
}
