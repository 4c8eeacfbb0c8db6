import type { ContainerFacts } from "./facts.ts";
import { upForMs } from "./up-for.ts";

/** What Docker said of a container when it was asked for everything, and how long ago that was. */
export interface KnownContainer {
  readonly facts: ContainerFacts;
  readonly ageMs: number;
}

/** What Docker's words may be behind, and this process with its question. */
const slackMs = 5000;
/** Docker's words for what is up for longer are hours, which tell nothing here. */
const believedMs = 300_000;

/**
 * All that is known of a container that Docker lists, without asking for what the list leaves out: undefined when that
 * may be another by now. Asking for everything takes the engine a request each, and nearly always says the same.
 */
export function stillKnown({ facts, ageMs }: KnownContainer, listed: ContainerFacts): ContainerFacts | undefined {
  const same =
    facts.id === listed.id &&
    facts.name === listed.name &&
    facts.state === listed.state &&
    facts.imageId === listed.imageId &&
    (listed.exitCode === null || listed.exitCode === facts.exitCode);
  if (!same || listed.state === "restarting" || ageMs > believedMs || wasRestarted(listed, ageMs)) return undefined;
  const { startedAtMs, finishedAtMs, healthDecidesMs, exitCode, restarts, stopTimeoutSeconds, env, joined } = facts;
  return {
    ...listed,
    startedAtMs,
    finishedAtMs,
    healthDecidesMs,
    exitCode,
    restarts,
    stopTimeoutSeconds,
    ...(env ? { env } : {}),
    ...(joined ? { joined } : {}),
  };
}

/** It has been up for less time than it is known to run. */
function wasRestarted({ state, statusText }: ContainerFacts, ageMs: number): boolean {
  if (state !== "running") return false;
  const upMs = upForMs(statusText);
  const unitMs = /second/.test(statusText) ? 1000 : 60_000;
  return upMs === undefined || upMs + unitMs + slackMs < ageMs;
}
