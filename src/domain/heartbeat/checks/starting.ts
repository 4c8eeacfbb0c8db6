import { upForMs } from "../../docker/up-for.ts";
import { type CheckFact, type NodeFacts } from "../facts.ts";
import type { Trial } from "../memory.ts";

/** How long a container may take after a start until its check succeeds, where the check does not say (`grace`). */
export const defaultGraceMs = 30_000;
/** Who has a HEALTHCHECK and is watched in another way as well is waited for so long while Docker says "starting". */
const longestStartingMs = 5 * 60_000;

/**
 * Why a failed check may only mean that the container has not come up yet, as a clause about it; undefined when it must
 * have. Docker bounds its own "starting" by the start period, the interval and the retries of the HEALTHCHECK. What ends
 * and is started again and again is always young, so its grace is counted from its first failure.
 */
export function stillStarting(
  { container, check }: Pick<CheckFact, "container" | "check">,
  facts: NodeFacts | undefined,
  { trial: { starting }, now }: { readonly trial: Trial; readonly now: number },
): string | undefined {
  if (facts?.state !== "up") return undefined;
  const found = facts.containers.find((each) => each.name === container);
  if (found?.state !== "running") return undefined;
  const waitedMs = starting === undefined ? 0 : now - starting.since;
  if (found.health === "starting" && (check.kind === "docker" || waitedMs < longestStartingMs)) {
    return "its HEALTHCHECK has not decided yet";
  }
  const graceMs = graceOf(check);
  const upMs = upForMs(found.statusText);
  if (upMs === undefined || upMs >= graceMs || waitedMs >= graceMs) return undefined;
  return `it has been up for ${String(Math.round(upMs / 1000))} s and has ${String(graceMs / 1000)} s to come up`;
}

function graceOf(check: CheckFact["check"]): number {
  const { grace } = check;
  return typeof grace === "number" ? grace : defaultGraceMs;
}
