import { spawn } from "node:child_process";
import type { Hooks } from "../../app/ports.ts";

/** Characters of a hook's output that are kept for the event log. */
const keptLength = 500;

/** Runs hooks: `http://` and `https://` URLs get a POST, anything else is a line for `sh`. */
export function openHooks(): Hooks {
  return {
    run: async (hook, event, timeoutMs) => {
      const body = JSON.stringify(event);
      try {
        return /^https?:\/\//i.test(hook) ? await post(hook, body, timeoutMs) : await execute(hook, body, timeoutMs);
      } catch (error) {
        return { ok: false, message: timedOut(error) ? `gave up after ${String(timeoutMs)} ms` : reason(error) };
      }
    },
  };
}

async function post(url: string, body: string, timeoutMs: number): Promise<{ ok: boolean; message: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  return { ok: response.ok, message: `HTTP ${String(response.status)}` };
}

async function execute(line: string, body: string, timeoutMs: number): Promise<{ ok: boolean; message: string }> {
  // A group of its own, so that what the hook started ends with it.
  const child = spawn("/bin/sh", ["-c", line], { stdio: ["pipe", "ignore", "pipe"], detached: true });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-keptLength);
  });
  const timer = setTimeout(() => {
    killGroup(child.pid);
    // What has left the group may hold it as long as it likes.
    child.stderr.destroy();
  }, timeoutMs);
  // A hook that does not read its stdin is in its right.
  child.stdin.on("error", () => undefined);
  child.stdin.end(body);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...ended) => {
      resolve(ended);
    });
  }).finally(() => {
    clearTimeout(timer);
  });
  if (code === 0) return { ok: true, message: "exit code 0" };
  const how = signal === "SIGKILL" ? `gave up after ${String(timeoutMs)} ms` : `exit code ${String(code ?? signal)}`;
  const said = stderr.trim();
  return { ok: false, message: said === "" ? how : `${how}: ${said}` };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

function timedOut(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
