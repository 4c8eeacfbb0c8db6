import { checkKinds, type Config } from "../../config/types.ts";
import { plural } from "../../text.ts";
import type { Subject } from "../facts.ts";

/**
 * What a round checks: every entry of `hb`, and for a container that may fail over without one, that it runs. Who
 * names hosts for a container wants it to survive its node, watched port or not.
 */
export function subjects(config: Pick<Config, "heartbeat" | "constraints" | "placements">): readonly Subject[] {
  const watched = new Set(config.heartbeat.checks.map(({ container, node }) => `${container}@${node}`));
  const movable = new Set(config.constraints.map((each) => each.container));
  const others = config.placements.filter(
    ({ container, node, oneOff }) => oneOff !== true && movable.has(container) && !watched.has(`${container}@${node}`),
  );
  return [
    ...config.heartbeat.checks,
    ...others.map(({ container, node }) => ({ container, node, check: { kind: "docker" as const } })),
  ];
}

/** The longest a check may take: its own timeout, 5 s without one, and never half an interval or more. */
export function checkTimeoutMs(check: Subject["check"], intervalMs: number): number {
  const asked = typeof check["timeoutMs"] === "number" ? check["timeoutMs"] : 5000;
  return Math.min(asked, Math.floor(intervalMs / 2) - 1);
}

/** That checks are asked for and not made, as a sentence; undefined when they are made, or nobody asks for any. */
export function switchedOff(config: Pick<Config, "heartbeat" | "constraints" | "placements">): string | undefined {
  const asked = subjects(config).length;
  if (config.heartbeat.automatic || asked === 0) return undefined;
  return `The heartbeat is off (automatic_heartbeat), so that ${plural(asked, "check")} of the config ${asked === 1 ? "is" : "are"} not made by a daemon that runs: no container is restarted or moved when it fails.`;
}

/** The check connects from this machine, so that a broken line looks like a container that fails. */
export function connectsFromHere({ kind, via }: Subject["check"]): boolean {
  return checkKinds[kind] === "port" && via !== "node";
}
