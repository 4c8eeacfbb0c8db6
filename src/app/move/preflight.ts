import { ours } from "../../domain/container/copies/ownership.ts";
import { retiredName } from "../../domain/place/names.ts";
import { PictlError } from "../../domain/errors.ts";
import { listMissing } from "../../domain/move/data-commands.ts";
import { mustBeThere } from "../../domain/move/local-data.ts";
import { leavesDataBehind, refuseMissing, refuseTakenPorts, staysBehind } from "../../domain/move/plan.ts";
import type { Ports } from "../ports.ts";
import type { Ends, Moving } from "./moving.ts";
import { mustSucceed } from "./on-disk.ts";
import { oursOn, type Side, sideOf, sideUnlessDead } from "./side.ts";

/**
 * Looks at both ends of a move before anything is touched: what would fail later is refused now, and what would be left
 * behind is asked about. Throws what connecting throws, container-foreign, port-taken, usage, node-unreachable and
 * confirmation-missing.
 */
export async function preflight(ports: Ports, moving: Moving): Promise<Ends> {
  const { config, plan } = moving;
  const [source, target] = await Promise.all([sourceOf(ports, moving), sideOf(ports, config, plan.to)]);
  refuse(moving, { source, target });
  refuseMissing(plan, await missingOn(ports, target, mustBeThere(plan.wanted)));
  await askAboutData(moving, { source, target });
  return { source, target };
}

async function sourceOf(ports: Ports, { config, plan, sourceIs }: Moving): Promise<Side | undefined> {
  if (sourceIs === "dead") return undefined;
  return sourceIs === "answers" ? sideOf(ports, config, plan.from) : sideUnlessDead(ports, config, plan.from);
}

/** A login that is not root cannot tell what is not there from what it may not see: it finds nothing missing. */
async function missingOn(
  { signal }: Pick<Ports, "signal">,
  { connection }: Side,
  paths: readonly string[],
): Promise<readonly string[]> {
  const { root, sudo } = await connection.privilege();
  if (paths.length === 0 || !(root || sudo)) return [];
  const said = await mustSucceed(connection, listMissing(paths), { signal });
  return said.split("\n").filter((line) => line !== "");
}

function refuse({ config, plan, overlap, copyVolumes }: Moving, { source, target }: Ends): void {
  const { container, from, to } = plan;
  for (const side of [source, target]) if (side) refuseForeign(side, container, config.cluster);
  // The old copy is about to have that name.
  if (source) refuseForeign(source, retiredName(container), config.cluster);
  const leaving = source?.engineId === target.engineId ? oursOn(target, container, config.cluster)?.id : undefined;
  refuseTakenPorts(plan, target.containers, leaving);
  if (overlap && leaving !== undefined) {
    throw new PictlError("usage", `${from} and ${to} are one machine, which cannot have two containers of one name.`, {
      container,
      hint: "Move it without --overlap.",
    });
  }
  if (copyVolumes && !source && plan.data.length > 0) {
    throw new PictlError("node-unreachable", `The data of ${container} cannot be copied: ${from} does not answer.`, {
      container,
      node: from,
      hint: "Say `--yes` instead of `--copy-volumes` to leave it behind.",
    });
  }
}

async function askAboutData({ config, plan, copyVolumes, mayLeaveData }: Moving, { source }: Ends): Promise<void> {
  const old = source && oursOn(source, plan.container, config.cluster);
  const behind = staysBehind(plan, { copyVolumes, volumes: old?.volumes ?? [] });
  if (behind.length === 0) return;
  const refusal = leavesDataBehind(plan, behind);
  try {
    if (await mayLeaveData(`${refusal.message} Leave it behind?`)) return;
  } catch (error) {
    if (!(error instanceof PictlError) || error.code !== "confirmation-missing") throw error;
  }
  throw refusal;
}

function refuseForeign({ node, containers }: Side, container: string, cluster: string): void {
  try {
    ours(containers, container, cluster);
  } catch (error) {
    throw error instanceof PictlError ? error.at({ node }) : error;
  }
}
