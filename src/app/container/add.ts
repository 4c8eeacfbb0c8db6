import type { Config } from "../../domain/config/types.ts";
import { type NewContainer, planAddContainer } from "../../domain/container/edits/add.ts";
import { refuseCordoned } from "../../domain/node/cordon.ts";
import { hintedFurther } from "../../domain/errors.ts";
import { nodeNamed } from "../../domain/select.ts";
import { createContainers } from "../create.ts";
import type { PlaceOptions } from "../place/index.ts";
import type { ConfigStore, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { changeContainer, changesOn, type ContainerChangeRow, previewChange } from "./change.ts";

export interface AddContainerInput extends Omit<PlaceOptions, "graceSeconds"> {
  readonly store: ConfigStore;
  readonly config: Config;
  readonly container: NewContainer;
  /** Also on a node that is cordoned. */
  readonly force: boolean;
  /** Create it at once. */
  readonly run: boolean;
  readonly waitMs: number;
  readonly dryRun: boolean;
}

/**
 * Adds a container to the config and, if wanted, runs it. Throws usage, unknown-node, node-cordoned and config-invalid
 * before anything is touched. A container that could not be run stays in the config.
 */
export async function addContainer(
  ports: Ports,
  input: AddContainerInput,
): Promise<Report<{ containers: readonly ContainerChangeRow[] }>> {
  const { store, container, dryRun } = input;
  for (const name of [...container.nodes, ...(container.hosts ?? [])]) nodeNamed(input.config, name);
  if (!input.force) for (const name of container.nodes) refuseCordoned(nodeNamed(input.config, name));
  const plan = (raw: Parameters<typeof planAddContainer>[0]) => planAddContainer(raw, container);
  const preview = await previewChange(store, plan);
  const edits = dryRun ? preview.edits : await changeContainer(store, plan, false);
  const nodes = [...new Set(container.nodes)];
  for (const node of dryRun ? [] : nodes)
    await record(ports, { type: "container.added", container: container.name, node });
  const { config } = dryRun ? preview : await store.read();
  const placements = config.placements.filter((each) => each.container === container.name && nodes.includes(each.node));
  const created = input.run
    ? await createContainers(ports, { ...input, config, placements, recreate: "nothing" })
    : { result: { containers: [] }, failures: [] };
  const rows = nodes.map((node, index): ContainerChangeRow => {
    const ran = created.result.containers.find((row) => row.node === node)?.outcome;
    const added = dryRun ? "would be added" : "added";
    return {
      container: container.name,
      node,
      changed: !dryRun,
      outcome: ran === undefined ? added : `${added}; ${ran}`,
      changes: changesOn(edits, node, index === 0),
    };
  });
  const { name } = container;
  const kept = `The container is in the config: \`pictl create ${name}\` tries again, \`pictl container remove ${name}\` takes it out.`;
  const failures = created.failures.map((failure) => (dryRun ? failure : hintedFurther(failure, kept)));
  return { result: { containers: rows }, failures };
}
