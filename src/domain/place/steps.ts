import { isAlive, stopAndRemove, stopDeadlineMs, writesToMounts } from "../container/stop/grace.ts";
import * as docker from "../docker/client/commands.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import type { Command } from "../shell.ts";
import type { Gate, Gates } from "./gate.ts";
import { type Copies, nextName, retiredName, waitingNetwork } from "./names.ts";
import type { Swap } from "./swap.ts";

/** One step of putting a container in place. Whatever fails before the first `settled` one is undone (`undoing`). */
export type PlaceStep =
  /** Makes the new copy under this name; `start`: and starts it. */
  | { readonly do: "make"; readonly as: string; readonly start: boolean }
  | RunStep
  | { readonly do: "gate"; readonly gate: Gate; readonly name: string }
  /** Both copies run, and the new one has passed: the user's proxy is told. */
  | { readonly do: "switch"; readonly name: string }
  /** The new copy stays from here on. */
  | { readonly do: "settled" };

interface RunStep {
  readonly do: "run";
  readonly doing: string;
  readonly command: Command;
  /** Milliseconds. */
  readonly timeoutMs?: number;
  /** What Docker says where it need not be done. */
  readonly unless?: RegExp;
  /** From here on nothing serves, until the last gate is passed or, where none comes after it, this is done. */
  readonly gap?: boolean;
  /** The new copy gets its ports by it. */
  readonly binds?: boolean;
}

/**
 * Where there is no old copy: the container is made under its own name at once. `starts` false: and not started, since
 * somebody wants it stopped.
 */
export function freshSteps(container: string, gates: Gates, { starts = true } = {}): readonly PlaceStep[] {
  const gate = starts ? gateSteps(gates.after, container) : [];
  return [{ do: "make", as: container, start: starts }, ...gate, { do: "settled" }];
}

/** The steps of a swap. `starts`: as for `freshSteps`; a stop-first can do without. */
export function swapSteps(
  container: string,
  {
    swap,
    gates,
    graceSeconds,
    old,
    starts = true,
  }: {
    readonly swap: Swap;
    readonly gates: Gates;
    /** Of the old copy; undefined: as long as it says itself. */
    readonly graceSeconds: number | undefined;
    readonly old: Pick<ContainerFacts, "stopTimeoutSeconds"> | undefined;
    readonly starts?: boolean;
  },
): readonly PlaceStep[] {
  const [next, retired] = [nextName(container), retiredName(container)];
  const run = (doing: string, command: Command): RunStep => ({ do: "run", doing: `${doing} ${container}`, command });
  const stop = (name: string): RunStep => ({
    do: "run",
    doing: `stop the old ${container}`,
    command: docker.stop(name, graceSeconds),
    timeoutMs: stopDeadlineMs(old, graceSeconds),
  });
  const rename = [
    run("put aside the old", docker.rename(container, retired)),
    run("name the new", docker.rename(next, container)),
  ];
  const waiting = waitingNetwork(container);
  switch (swap.kind) {
    case "stop-first":
      return [
        { do: "make", as: next, start: false },
        { ...stop(container), gap: true },
        ...rename,
        ...(starts
          ? [{ ...run("start the new", docker.start(container)), binds: true }, ...gateSteps(gates.after, container)]
          : []),
        { do: "settled" },
        run("remove the old", docker.remove(retired)),
      ];
    case "start-first":
      return [
        { do: "make", as: next, start: true },
        ...gateSteps(gates.before, next),
        { do: "switch", name: next },
        ...rename,
        { do: "settled" },
        stop(retired),
        run("remove the old", docker.remove(retired)),
      ];
    case "hand-off":
      return [
        { do: "make", as: next, start: false },
        {
          ...run("make a network without ports for", docker.createWaitingNetwork(waiting, container)),
          // One that was left behind is as good.
          unless: /already exists/,
        },
        run("start the new", docker.startIn(next, { from: swap.network, to: waiting })),
        ...gateSteps(gates.before, next),
        { ...run("hand over the ports of", docker.handOver(swap.network, { from: container, to: next })), gap: true },
        ...gateSteps(gates.after, next),
        { do: "switch", name: next },
        ...rename,
        { do: "settled" },
        run("take out of its waiting network the new", docker.leaveNetwork(waiting, container)),
        stop(retired),
        run("remove the old", docker.remove(retired)),
      ];
  }
}

function gateSteps(gate: Gate | undefined, name: string): readonly PlaceStep[] {
  return gate ? [{ do: "gate", gate, name }] : [];
}

/** What became of a replacement that failed or was cut off. */
export type AfterFailure = "nothing" | "undo" | "judge";

/**
 * What is to be done about copies that a replacement left behind: `judge` where the new one has the container's name
 * already, and may have passed its gate or be about to; else it is undone.
 */
export function leftover({ own, next, retired }: Copies): AfterFailure {
  if (next) return "undo";
  if (!retired) return "nothing";
  return own?.state === "running" ? "judge" : "undo";
}

/**
 * The commands that bring the old copy back as it was: with its name, its network and, if it ran, running. `ran`: whether
 * it did; undefined: by when it ended. `args`: the container's.
 */
export function undoing(
  container: string,
  { own, next, retired }: Copies,
  { args, ran }: { readonly args: readonly string[]; readonly ran?: boolean | undefined },
): readonly Command[] {
  const made = next ?? (retired ? own : undefined);
  const old = retired ?? own;
  const isCut = old?.networks.length === 0 && !isApart(old);
  const comesBack = ran ?? endedFor(old, made);
  return [
    // The old one waits for it: only where something would be lost it gets its grace.
    ...(made ? stopAndRemove(made, writesToMounts(args, made) ? undefined : 0) : []),
    ...(old && retired && old.name !== container ? [docker.rename(retired.name, container)] : []),
    ...(old && isCut ? [docker.joinNetwork(networkOf(old), container)] : []),
    ...(old && comesBack && old.state !== "running" ? [docker.start(container)] : []),
    ...(made?.networks.includes(waitingNetwork(container)) ? [docker.removeNetwork(waitingNetwork(container))] : []),
  ];
}

/** Whether undoing a replacement that was cut off starts an old copy where none of its name runs. */
export function startsAgain({ own, next, retired }: Copies): boolean {
  const old = retired ?? own;
  if (!old || [own, retired].some((each) => each && isAlive(each))) return false;
  return endedFor(old, next ?? (retired ? own : undefined));
}

/** The commands that finish a replacement whose new copy has turned out to be good. */
export function finishing(
  container: string,
  { own, retired }: Copies,
  { graceSeconds }: { readonly graceSeconds: number | undefined },
): readonly Command[] {
  const waiting = waitingNetwork(container);
  return [
    ...(own?.networks.includes(waiting) ? [docker.leaveNetwork(waiting, container)] : []),
    ...(retired ? stopAndRemove(retired, graceSeconds) : []),
  ];
}

/** Whether the old copy was stopped for the new one; one that nothing is known of comes back running. */
function endedFor(old: ContainerFacts | undefined, made: ContainerFacts | undefined): boolean {
  if (!made || !old || old.finishedAtMs === null) return old?.state !== "created";
  return old.finishedAtMs >= made.createdAt * 1000;
}

function isApart({ networkMode }: ContainerFacts): boolean {
  return networkMode === "none" || networkMode === "host" || networkMode.startsWith("container:");
}

function networkOf({ networkMode }: ContainerFacts): string {
  return networkMode === "default" || networkMode === "" ? "bridge" : networkMode;
}
