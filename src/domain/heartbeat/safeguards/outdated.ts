import type { FailOverAction } from "../decision.ts";

/** What the last round saw of what a failover was decided upon. */
export interface Outlook {
  readonly isolated: boolean;
  /** The nodes that neither this machine nor any other node reached. */
  readonly dead: ReadonlySet<string>;
}

/**
 * Why a failover that an earlier round decided upon is not to begin on another host; undefined when it may. It waits for
 * other moves to a host, and for hosts that fail, so that this may be minutes later.
 */
export function outdated({ from, nodeDead }: FailOverAction, { isolated, dead }: Outlook): string | undefined {
  if (isolated) return "This machine seems to be cut off by now.";
  if (nodeDead && !dead.has(from)) return `${from} is not certainly dead any more.`;
  return undefined;
}
