import { stopForMany } from "../../abort.ts";
import { readLogs } from "../../app/logs/index.ts";
import { toFailure } from "../../domain/errors.ts";
import { selectOnNodes } from "../../domain/select.ts";
import type { OpenCluster } from "../../app/ports.ts";
import type { Effect, LogLine, TuiMessage } from "../state/types.ts";

/** Lines are handed over so often, however many there are. */
const flushEveryMs = 60;
/** When so many wait, nothing more is read until they have been handed over. */
const mostWaiting = 2000;

interface LogOptions {
  readonly cluster: OpenCluster;
  readonly tell: (message: TuiMessage) => void;
  readonly random: () => number;
}

/** Reads logs until the function returned is called. */
export function logsEffects(
  { cluster, tell, random }: LogOptions,
  wish: Extract<Effect, { kind: "logs" }>,
): () => void {
  const { reading, of } = wish;
  const stopped = stopForMany();
  let waiting: LogLine[] = [];
  let flushed: (() => void) | undefined;
  const flush = (): void => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0 && !stopped.signal.aborted) tell({ kind: "log-lines", reading, lines });
    flushed?.();
    flushed = undefined;
  };
  const timer = setInterval(flush, flushEveryMs);
  const note = (text: string, tone: "warn" | "bad" | "dim"): void => {
    waiting.push({ kind: "note", text, tone });
  };
  const read = async (): Promise<void> => {
    const { config } = await cluster.store.read();
    const report = await readLogs(
      { ...cluster.ports, signal: stopped.signal },
      {
        config,
        select: (latest) => selectOnNodes(latest, of, []).placements,
        follow: true,
        tail: wish.tail,
        sinceMs: wish.sinceMs,
        grep: undefined,
        random,
        output: {
          line: ({ time, container, node, line, stream }) => {
            waiting.push({ kind: "line", time, container, node, line, stream });
            if (waiting.length < mostWaiting) return undefined;
            return new Promise<void>((resolve) => {
              flushed = resolve;
            });
          },
          idle: () => {
            tell({ kind: "log-state", reading, state: "following" });
          },
          ended: ({ container, node }) => {
            note(`${container}@${node} does not run: its log has ended.`, "dim");
          },
          moved: (container, from, to) => {
            note(`${container} has been moved from ${from} to ${to}; its log goes on there.`, "warn");
          },
          failed: ({ container, node, message }) => {
            note(`${container ?? ""}@${node ?? ""}: ${message}`, "bad");
          },
          lost: (node, { message }) => {
            note(`${node}: ${message} Its logs go on when it answers again.`, "bad");
          },
          back: (node) => {
            note(`${node} answers again; its logs go on where they broke off.`, "warn");
          },
        },
      },
    );
    for (const { message } of report.failures) if (waiting.length === 0) note(message, "bad");
  };
  const end = (): void => {
    flush();
    clearInterval(timer);
  };
  read()
    .catch((error: unknown) => {
      if (!stopped.signal.aborted) note(toFailure(error).message, "bad");
    })
    .finally(() => {
      end();
      tell({ kind: "log-state", reading, state: "ended" });
    });
  return () => {
    stopped.abort();
    end();
  };
}
