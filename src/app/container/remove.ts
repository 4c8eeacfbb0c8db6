import type { Config, Placement } from "../../domain/config/types.ts";
import { planRemoveContainer } from "../../domain/container/edits/remove.ts";
import { type Failure, hintedFurther } from "../../domain/errors.ts";
import { lifecycle } from "./lifecycle.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { changeContainer, changesOn, type ContainerChangeRow, instancesOf, previewChange } from "./change.ts";

export interface RemoveContainerInput {
  readonly store: ConfigStore;
  readonly config: Config;
  /** `NAME` or `NAME@NODE`. */
  readonly target: string;
  /** Leave what runs alone. */
  readonly keepRunning: boolean;
  /** Also take out what is on a node that cannot be reached. */
  readonly force: boolean;
  /** Missing: as long as the container says itself. */
  readonly graceSeconds?: number | undefined;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** Asked before anything is done; false leaves all as it is. */
  readonly confirm: (instances: readonly Placement[]) => Promise<boolean>;
}

/**
 * Removes a container from its nodes and then from the config, which is written last: an instance that could not be
 * removed is still in it. `NAME@NODE` of one that is in no layout, and of this cluster, is removed from that node. Throws
 * unknown-container, and config-invalid and config-write-failed, before anything is touched.
 */
export async function removeContainer(
  ports: Ports,
  input: RemoveContainerInput,
): Promise<Report<{ containers: readonly ContainerChangeRow[] }>> {
  const { store, config, target, dryRun } = input;
  const instances = instancesOf(config, target, { strays: !input.keepRunning });
  const name = instances[0]?.container ?? target;
  const planFor = (nodes: readonly string[]) => (raw: Parameters<typeof planRemoveContainer>[0]) =>
    planRemoveContainer(raw, { name, nodes });
  await previewChange(store, planFor(instances.map((each) => each.node)));
  if (!dryRun && !(await input.confirm(instances))) return { result: { containers: [] }, failures: [], exitCode: 4 };
  // A container that is gone does not come back when its config then cannot be written.
  if (!dryRun) await store.change(() => []);

  const deleted = input.keepRunning
    ? { result: { containers: [] }, failures: [] }
    : await lifecycle(ports, { ...input, action: "delete", placements: instances });
  const given = deleted.failures.filter((failure) => input.force && failure.code === "node-unreachable");
  for (const { node = "", message } of given) {
    const out = dryRun ? "would be taken" : "is taken";
    ports.progress.warn(`${message} ${name} ${out} out of the config, and may still run on ${node}.`);
  }
  const isStray = instances.some(({ stray }) => stray === true);
  const failed = deleted.failures.filter((failure) => !given.includes(failure));
  const failures = isStray ? failed : failed.map(stillThere);
  const gone = instances.map((each) => each.node).filter((node) => !failures.some((failure) => failure.node === node));
  if (gone.length === 0) return { result: { containers: [] }, failures };
  const edits = await changeContainer(store, planFor(gone), dryRun);
  for (const node of dryRun ? [] : gone) await record(ports, { type: "container.removed", container: name, node });
  const rows = gone.map((node, index): ContainerChangeRow => {
    const done = deleted.result.containers.find((row) => row.node === node)?.outcome;
    if (instances.find((each) => each.node === node)?.stray === true) {
      return {
        container: name,
        node,
        changed: !dryRun,
        outcome: `was not in the config; ${done ?? "deleted"}`,
        changes: [],
      };
    }
    const fate = input.keepRunning ? "what runs is left running" : (done ?? "not removed from the node");
    const outcome = `${dryRun ? "would be taken" : "taken"} out of the config; ${fate}`;
    return { container: name, node, changed: !dryRun, outcome, changes: changesOn(edits, node, index === 0) };
  });
  return { result: { containers: rows }, failures };
}

function stillThere(failure: Failure): Failure {
  const flag = { "node-unreachable": "--force", "container-foreign": "--keep-running" }[failure.code as string];
  const other = flag === undefined ? "" : ` \`${flag}\` takes it out all the same.`;
  return hintedFurther(failure, `It is still in the config.${other}`);
}
