import type { Config, Placement } from "../domain/config/types.ts";
import { isAlive } from "../domain/container/stop/grace.ts";
import { dependentsOf } from "../domain/container/order.ts";
import { lostShare } from "../domain/container/shares.ts";
import { PictlError } from "../domain/errors.ts";
import { groupsOf } from "../domain/place/groups.ts";
import { copiesOf } from "../domain/place/names.ts";
import { openBuilds } from "./build.ts";
import type { ActionRow } from "./kit/act.ts";
import { withLocks } from "./kit/locks.ts";
import { type Observer, observer } from "./kit/observe/observer.ts";
import type { Report } from "./kit/report.ts";
import { onceSettled } from "./move/settle.ts";
import { rememberMade } from "./node/left-behind.ts";
import { readEnvironments } from "./place/prepare/environment.ts";
import { createGroup, isConcerned, type RolloutGroup } from "./place/rollout/group.ts";
import { lockedFor, looker, type Placing } from "./place/look.ts";
import { openPortTurns } from "./place/rollout/port-turns.ts";
import { inLots } from "./place/rollout/lots.ts";
import type { Ports } from "./ports.ts";

export interface CreateInput extends Placing {
  readonly placements: readonly Placement[];
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
}

/**
 * Makes the containers of the placements run: builds and pulls images that are missing or stale, then makes what is not
 * there and replaces what is to be, in the order of `planRollout`. A placement whose image is not ready, or whose
 * `env_file` cannot be read, is not touched. Doing it again changes nothing.
 */
export async function createContainers(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  if (input.dryRun) return createAll(ports, input);
  return onceSettled(ports, input, (placements) => createSettled(ports, { ...input, placements }));
}

/** The same where no move of these containers is open. */
export async function createSettled(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const report = await createWithDependents(ports, input);
  await rememberMade(ports, input.config, report.result.containers);
  return report;
}

/** What has the network, or the volumes, of one that was made anew is left with none, and is made anew after it. */
async function createWithDependents(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const { config } = input;
  const report = await createAll(ports, input);
  const made = config.placements.filter((placement) =>
    report.result.containers.some((row) => row.changed && isOf(row, placement)),
  );
  const observe = observer(ports, config);
  const cut = await Promise.all(
    dependentsOf(config.placements, made).map(async (each) => ((await isCutOff(observe, config, each)) ? [each] : [])),
  );
  const placements = cut.flat();
  if (placements.length === 0) return report;
  const after = await createWithDependents(ports, { ...input, placements, recreate: "nothing", leaveStopped: true });
  return {
    result: { containers: [...report.result.containers, ...after.result.containers] },
    failures: [...report.failures, ...after.failures],
  };
}

function isOf(row: ActionRow, { container, node }: Placement): boolean {
  return row.container === container && row.node === node;
}

/** Whether what a container that runs has of another one is gone. What cannot be asked is told of the other one. */
async function isCutOff(observe: Observer, config: Config, placement: Placement): Promise<boolean> {
  try {
    const found = await observe.containers(placement.node);
    const { own: facts } = copiesOf(found, placement.container, config.cluster);
    return facts !== undefined && isAlive(facts) && lostShare(placement, facts, found)?.mendable === true;
  } catch (error) {
    if (error instanceof PictlError && error.code !== "interrupted") return false;
    throw error;
  }
}

async function createAll(ports: Ports, request: CreateInput): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const input = { ...request, portTurns: openPortTurns(request.placements) };
  const { config, dryRun, conducted } = input;
  const environments = await readEnvironments(ports, input.placements);
  const known = input.placements.filter((placement) => environments.of(placement) !== undefined);
  for (const each of input.placements) if (!known.includes(each)) conducted?.leftOut(each);
  const flags = { noCache: false, pull: false, force: false };
  const buildOf = conducted ? nothingBuilt : openBuilds(ports, { config, placements: known, dryRun, ...flags });
  const groups = groupsOf(input.placements).map(async (placements): Promise<RolloutGroup> => {
    const images = [...new Set(placements.map(({ container }) => container))];
    const unbuilt = (await Promise.all(images.map(buildOf))).flatMap(({ failures }) => failures);
    const ready = placements
      .filter((placement) => known.includes(placement))
      .filter((placement) => !unbuilt.some((failure) => isConcerned(failure, placement)));
    for (const each of placements) if (!ready.includes(each)) input.portTurns.end(each);
    return { placements, ready, unbuilt };
  });
  const lots = await inLots(ports, groups, (lot) => {
    const places = lot.flatMap(({ ready }) => ready.flatMap(lockedFor));
    return withLocks(ports, { ...input, placements: places }, (locked) => {
      const look = looker(ports, { ...input, environments, locked });
      return Promise.all(lot.map((group) => createGroup(ports, input, group, look)));
    });
  });
  const reports = lots.flat();
  return {
    result: {
      containers: inOrder(
        reports.flatMap(({ results }) => results),
        input.placements,
      ),
    },
    failures: [...environments.failures, ...reports.flatMap(({ failures }) => failures)],
  };
}

const nothingBuilt: ReturnType<typeof openBuilds> = () => Promise.resolve({ rows: [], failures: [] });

function inOrder(rows: readonly ActionRow[], placements: readonly Placement[]): readonly ActionRow[] {
  return placements.flatMap(({ container, node }) =>
    rows.filter((row) => row.container === container && row.node === node),
  );
}
