import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { pause } from "../../../abort.ts";
import { visible } from "../../../domain/text.ts";
import { AttemptFailed } from "./dial.ts";

/** Bytes of what the command complains that are kept for the error. */
const stderrKept = 4 * 1024;

export interface Proxy {
  readonly stream: Duplex;
  /** Why there is no connection; undefined when the command still runs after so many milliseconds. */
  ended(withinMs: number): Promise<AttemptFailed | undefined>;
}

/**
 * ssh_config's ProxyCommand: what it writes and reads is the connection (ssh_config(5)). It runs in a process group of
 * its own, so that a Ctrl-C is ours to handle, and is hung up when the stream is destroyed.
 */
export function runProxyCommand(command: string): Proxy {
  const child = spawn("sh", ["-c", `exec ${command}`], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-stderrKept);
  });
  const ended = new Promise<AttemptFailed>((resolve) => {
    child.once("error", (error) => {
      resolve(new AttemptFailed("connect", "PROXY", error.message, error));
    });
    // After its complaint has been read.
    child.once("close", (code, signal) => {
      const how = code === null ? `was killed by ${String(signal)}` : `ended with code ${String(code)}`;
      const said = complaint.trim().split("\n").at(-1) ?? "";
      resolve(new AttemptFailed("connect", "PROXY", said === "" ? how : `${how}: ${visible(said)}`));
    });
  });
  // Its end is told by the end of its output.
  child.stdin.on("error", () => undefined);
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.once("close", () => {
    hangUp(child.pid);
  });
  return { stream, ended: (ms) => Promise.race([ended, pause(ms).then(() => undefined)]) };
}

function hangUp(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGHUP");
  } catch {
    // It has ended.
  }
}
