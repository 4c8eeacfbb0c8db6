import type { Config } from "../../domain/config/types.ts";
import { type ContainerChange, planEditContainer } from "../../domain/container/edits/edit.ts";
import { nodeNamed } from "../../domain/select.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { type ContainerChangeRow, instancesOf } from "./change.ts";
import { changeAndRun, type ChangeAndRun } from "./change-and-run.ts";

export interface EditContainerInput extends Omit<ChangeAndRun, "name" | "nodes" | "plan" | "kept"> {
  readonly config: Config;
  /** `NAME` or `NAME@NODE`. */
  readonly target: string;
  readonly change: ContainerChange;
}

/**
 * Changes a container in the config and, if wanted, where it runs: it is replaced only when its arguments or image
 * differ. Throws unknown-container, unknown-node and config-invalid before anything is touched. A change stays in the
 * config when the container cannot be replaced; the old one is back then.
 */
export async function editContainer(
  ports: Ports,
  input: EditContainerInput,
): Promise<Report<{ containers: readonly ContainerChangeRow[] }>> {
  const { target, change } = input;
  const instances = instancesOf(input.config, target);
  const name = instances[0]?.container ?? target;
  const nodes = instances.map((each) => each.node);
  for (const host of change.hosts ?? []) nodeNamed(input.config, host);
  return changeAndRun(ports, {
    ...input,
    name,
    nodes,
    plan: (raw) => planEditContainer(raw, { name, nodes, change }),
    kept: `The config keeps the change: \`pictl container edit ${target} --run\` tries again, or changes it again.`,
  });
}
