import type { Config, Placement } from "../config/types.ts";
import type { ContainerFacts, VolumeMount } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { allowedHosts } from "../placement/candidates.ts";
import { portTaken, takenPort } from "../placement/ports.ts";
import { nodeNamed, selectPlacements } from "../select.ts";
import { formatLocalData, type LocalData, ownData } from "./local-data.ts";

export interface MovePlan {
  readonly container: string;
  readonly from: string;
  readonly to: string;
  /** As it is in the layout now. */
  readonly old: Placement;
  /** As it will be. */
  readonly wanted: Placement;
  /** Data of its own that lies on the old node and does not come along by itself. */
  readonly data: readonly LocalData[];
}

/**
 * What moving a container means. `name` is `NAME`, or `NAME@NODE` where the layout has it on several nodes.
 * Throws unknown-container, unknown-node, usage (on that node already; several instances and none chosen).
 */
export function planMove(config: Config, name: string, to: string): MovePlan {
  const target = nodeNamed(config, to);
  const found = selectPlacements(config, [name]);
  const [old, another] = found;
  if (!old) throw new RangeError("a selection that is not refused has a row");
  if (another) {
    const choices = found.map((each) => `${each.container}@${each.node}`).join(", ");
    throw new PictlError(
      "usage",
      `"${name}" is ${String(found.length)} containers: ${choices}. One is moved at a time.`,
      {
        hint: `Say which: \`pictl move ${old.container}@${old.node} ${to}\`.`,
      },
    );
  }
  const { container, node: from } = old;
  if (config.placements.some((each) => each.container === container && each.node === target.name)) {
    throw new PictlError("usage", `${container} is on ${to} already, as the layout says.`, {
      container,
      node: to,
      hint: "`pictl status` shows what runs where.",
    });
  }
  return {
    container,
    from,
    to,
    old,
    wanted: { ...old, node: to },
    data: ownData(old),
  };
}

/**
 * The move of a container that the layout has on its new node already. Throws unknown-container when it does not, or has it on
 * the old one.
 */
export function planMoveByLayout(
  config: Pick<Config, "placements">,
  { container, from, to }: { readonly container: string; readonly from: string; readonly to: string },
): MovePlan {
  const wanted = config.placements.find((each) => each.container === container && each.node === to);
  if (!wanted || config.placements.some((each) => each.container === container && each.node === from)) {
    throw new PictlError("unknown-container", `The layout does not have ${container} on ${to} alone any more.`, {
      container,
      node: to,
      hint: "It was changed meanwhile: look again (`pictl plan`).",
    });
  }
  const old = { ...wanted, node: from };
  return { container, from, to, old, wanted, data: ownData(old) };
}

/** What to say of a move to a node where a failover would not take the container; undefined when there is nothing to. */
export function outsideConstraints(
  config: Pick<Config, "constraints">,
  { container, to }: MovePlan,
): string | undefined {
  const hosts = allowedHosts(config, container);
  if (hosts === undefined || hosts.length === 0 || hosts.includes(to)) return undefined;
  const row = `${container}'s row of \`container_host_constraints\` (${hosts.join(", ")})`;
  return `${to} is not in ${row}: a failover would take ${container} only to those.`;
}

/**
 * Refuses a move that would fail for a port: one that a container on the target publishes already. `leaving` is the
 * container that goes away there (the same Docker daemon under two names). Throws port-taken.
 */
export function refuseTakenPorts(
  plan: MovePlan,
  onTarget: readonly ContainerFacts[],
  leaving: string | undefined,
): void {
  const taken = takenPort(
    plan.wanted.args,
    onTarget.filter((facts) => facts.id !== leaving),
  );
  if (taken) throw portTaken(plan.wanted, taken);
}

/** Refuses a move to a node that lacks what the container mounts from it. Throws move-failed. */
export function refuseMissing({ container, to }: MovePlan, missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new PictlError(
    "move-failed",
    `${container} mounts ${missing.join(", ")}, which ${to} does not have: an empty folder would stand in its place.`,
    { container, node: to, hint: `Put it on ${to} first, as it is on the other node, and move again.` },
  );
}

/** What a move would do on each node, in its order; the old node may not answer. */
export function wouldMove(
  { container, from, to, data }: MovePlan,
  options: {
    readonly overlap: boolean;
    readonly copyVolumes: boolean;
    readonly fromAnswers: boolean;
    /** Somebody wants it stopped. */
    readonly rests: boolean;
  },
): string {
  const { overlap, copyVolumes, fromAnswers, rests } = options;
  const copies = copyVolumes && data.length > 0 ? [`copy ${data.map(formatLocalData).join("; ")}`] : [];
  const stop = fromAnswers ? [`stop ${container} on ${from}`] : [];
  const start = [rests ? `make it on ${to}, where it stays stopped` : `start and check it on ${to}`];
  const steps = [
    `make the image ready on ${to}`,
    ...(overlap ? [...start, ...stop] : [...stop, ...copies, ...start]),
    "write the config",
    fromAnswers ? `remove the old one on ${from}` : `${from} does not answer: remove the old one when it is back`,
  ];
  return `would be moved: ${steps.join(", ")}`;
}

/**
 * What stays behind when it moves: what is not copied of its own data, and what its image declares a volume for, which
 * only `volumes` tells, where the old copy sees any.
 */
export function staysBehind(
  { old }: MovePlan,
  { copyVolumes, volumes }: { readonly copyVolumes: boolean; readonly volumes: readonly VolumeMount[] },
): readonly LocalData[] {
  return ownData(old, volumes).filter(({ kind }) => !copyVolumes || kind === "anonymous");
}

/** The confirmation-missing that names exactly what stays behind. */
export function leavesDataBehind(plan: MovePlan, data: readonly LocalData[]): PictlError {
  const nameless = data.filter(({ kind }) => kind === "anonymous").length;
  const ways = [
    ...(nameless < data.length ? ["`--copy-volumes` to copy what has a name while the container is stopped"] : []),
    "`--yes` to leave it behind",
  ];
  const name = "A volume without a name is not copied: `-v NAME:/PLACE` in the arguments gives a new one its name.";
  return new PictlError(
    "confirmation-missing",
    `${plan.container} has data of its own on ${plan.from} that does not come along: ${data.map(formatLocalData).join("; ")}.`,
    {
      container: plan.container,
      node: plan.from,
      hint: `Say ${ways.join(", or ")}.${nameless > 0 ? ` ${name}` : ""}`,
    },
  );
}
