import { spawn } from "node:child_process";
import { closeSync, openSync, renameSync, readFileSync, writeFileSync } from "node:fs";
import { PictlError } from "../../domain/errors.ts";
import { processRef, type ProcessRef } from "./process.ts";

export interface Launched {
  readonly ref: ProcessRef;
  /** Tells the process to go on. */
  go(): void;
  /** Lets it live on by itself. */
  release(): void;
}

/**
 * Starts a process that outlives this one, in three steps which leave no moment where it exists unrecorded: a shell
 * that waits, its id and start time in `recordFile`, then `words` in its place (same process). If this process dies
 * in between, the shell reads the end of its stdin and ends. Afterwards each `go()` gives it one line to read.
 */
export function launchHere(words: readonly string[], recordFile: string, logFile: string): Launched {
  const log = openSync(logFile, "a");
  const child = spawn("/bin/sh", ["-c", 'read -r go && exec "$@"', "sh", ...words], {
    detached: true,
    stdio: ["pipe", log, log],
    cwd: "/",
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
  });
  closeSync(log);
  child.on("error", () => undefined);
  const { stdin } = child;
  const ref = child.pid === undefined ? undefined : processRef(child.pid);
  if (ref === undefined || stdin === null)
    throw new PictlError("lab-failed", "Could not start /bin/sh: is this machine out of processes?");
  // Writing to one that has ended is found out by whoever waits for it.
  stdin.on("error", () => undefined);
  writeRef(recordFile, ref);
  go();
  return { ref, go, release };

  function go(): void {
    stdin?.write("go\n");
  }

  /** `end` and not `destroy`: what was written must arrive. */
  function release(): void {
    stdin?.end();
    child.unref();
  }
}

/** What `launch` wrote down; undefined when it never came so far. */
export function launchedBefore(recordFile: string): ProcessRef | undefined {
  try {
    return JSON.parse(readFileSync(recordFile, "utf8")) as ProcessRef;
  } catch {
    return undefined;
  }
}

function writeRef(path: string, ref: ProcessRef): void {
  writeFileSync(`${path}.new`, JSON.stringify(ref));
  renameSync(`${path}.new`, path);
}
