import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { lastWords } from "../place/last-words.ts";
import type { Engine, Ports } from "../ports.ts";

/** What cannot read its config or bind its port is gone within this time. */
export const startWatchMs = 1000;

const pollMs = 250;

export interface StartWatch {
  readonly engine: Engine;
  readonly container: string;
  /** 0: one look. */
  readonly watchMs: number;
  /** The caller removes one that failed, and its log with it. */
  readonly removesFailed: boolean;
}

/**
 * Watches a container that was just started. Throws docker-failed, with its last words, when it ends with an error or
 * is restarted meanwhile; ending with 0 is no error, and an interruption ends the watching only.
 */
export async function watchStart(ports: Pick<Ports, "clock" | "signal">, watch: StartWatch): Promise<void> {
  const until = ports.clock.monotonic() + watch.watchMs;
  for (;;) {
    const now = (await watch.engine.containers()).find((each) => each.name === watch.container);
    const how = earlyEnd(now);
    if (how !== undefined) throw await endedEarly(ports, watch, { id: now?.id ?? "", how });
    const left = until - ports.clock.monotonic();
    if (now?.state !== "running" || left <= 0) return;
    await ports.clock.sleep(Math.min(left, pollMs), ports.signal).catch(() => undefined);
    if (ports.signal.aborted) return;
  }
}

function earlyEnd(now: ContainerFacts | undefined): string | undefined {
  if (!now) return "is gone right after its start: it ended and removed itself (`--rm`), or somebody removed it";
  const { state, exitCode } = now;
  if (state === "restarting") return "ended right after its start; Docker starts it again";
  if ((state !== "exited" && state !== "dead") || exitCode === 0) return undefined;
  return `ended with exit code ${String(exitCode ?? "unknown")} right after its start`;
}

async function endedEarly(
  ports: Pick<Ports, "signal">,
  { engine, container, removesFailed }: StartWatch,
  { id, how }: { readonly id: string; readonly how: string },
): Promise<PictlError> {
  const said = await lastWords(ports, engine, id);
  const heard = said === "" ? [] : [`It said:\n${said}`];
  const log = `\`pictl logs ${container}\` shows ${said === "" ? "what it said" : "more"}.`;
  return new PictlError("docker-failed", `The container ${how}.`, {
    container,
    hint: [...heard, ...(removesFailed ? [] : [log])].join("\n") || "It said nothing.",
  });
}
