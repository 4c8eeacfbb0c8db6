/** The auditor: watches a lab from outside and tells afterwards what must not have happened. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { check, tell } from "./check.ts";
import { type Entry, type Mark, now, readHistory } from "./history.ts";
import { type Picture, pictureOf } from "./picture.ts";
import type { Order, RecorderOptions } from "./recorder-options.ts";
import type { Limits } from "./rules/violation.ts";

type MarkWords = Omit<Mark, "kind" | "at" | "mark" | "phase">;

export interface Auditor {
  /** The file of all that was seen. */
  readonly history: string;
  /** A moment; see `Mark` for what each means. */
  mark(mark: Mark["mark"], words: MarkWords): void;
  /** Begins a span; the function ends it. */
  begin(mark: Mark["mark"], words: MarkWords): () => void;
  /** Writes down once a second what this process uses. */
  watch(pid: number): void;
  /** What was seen so far; also after `stop`. */
  picture(): Promise<Picture>;
  /** One line for each thing that must not have happened, from `since` on; none: all is well. */
  verdict(limits: Limits, since?: number): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts to watch; resolves when everything is seen. */
export async function startAuditor(options: RecorderOptions): Promise<Auditor> {
  const recorder = await plainPrograms(dirname(options.history));
  const child = spawn(process.execPath, [recorder], { stdio: ["pipe", "pipe", "inherit"] });
  // A recorder that died saw nothing from then on: nobody may take that for "all is well".
  let stopped = false;
  const ended = once(child, "exit");
  const send = (order: Order): void => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
  };
  const entry = (mark: Mark["mark"], phase: Mark["phase"], words: MarkWords): Mark => ({
    kind: "mark",
    at: now(),
    mark,
    phase,
    ...words,
  });
  const put = (mark: Mark): void => {
    send({ order: "mark", entry: mark });
  };
  child.stdin.on("error", () => undefined);
  const said = createInterface({ input: child.stdout });
  const line = async (): Promise<void> => {
    await Promise.race([once(said, "line"), ended.then(() => Promise.reject(new Error("the recorder ended")))]);
  };
  const seen = async (): Promise<Entry[]> => {
    if (!stopped) {
      send({ order: "sync" });
      await line();
    }
    return readHistory(options.history);
  };
  child.stdin.write(`${JSON.stringify(options)}\n`);
  await line();
  return {
    history: options.history,
    mark: (mark, words) => {
      put(entry(mark, "point", words));
    },
    begin: (mark, words) => {
      put(entry(mark, "begin", words));
      return () => {
        put(entry(mark, "end", words));
      };
    },
    watch: (pid) => {
      send({ order: "watch", pid });
    },
    picture: async () => pictureOf(await seen()),
    verdict: async (limits, since = 0) => {
      const entries = await seen();
      const late = check(entries, limits).filter(({ at, durationMs = 0 }) => at + durationMs >= since);
      return tell(late, entries);
    },
    stop: async () => {
      stopped = true;
      if (child.exitCode === null) send({ order: "stop" });
      await ended;
    },
  };
}

/** Puts the recorder, and its client beside it, into a folder as plain JavaScript, which starts ten times as quickly. */
async function plainPrograms(folder: string): Promise<string> {
  const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  await build({
    entryPoints: { recorder: source("recorder.ts"), client: source("observe/client.ts") },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return join(folder, "recorder.mjs");
}
