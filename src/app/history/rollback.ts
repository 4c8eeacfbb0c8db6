import type { Config, Placement } from "../../domain/config/types.ts";
import { copiesOf } from "../../domain/place/names.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import { noHistory } from "../../domain/history/records.ts";
import { chooseRecord, planRollback, type Restored } from "../../domain/history/rollback.ts";
import { changeAndRun, type ChangeAndRun } from "../container/change-and-run.ts";
import { instancesOf } from "../container/change.ts";
import type { ContainerChangeRow } from "../container/change.ts";
import { observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { restored } from "./restored.ts";

export interface RollbackInput extends Omit<ChangeAndRun, "name" | "nodes" | "plan" | "run" | "kept"> {
  readonly config: Config;
  /** `NAME` or `NAME@NODE`. */
  readonly target: string;
  /** A generation of `history`; undefined for the last good version before this one. */
  readonly to?: number | undefined;
}

/**
 * Brings the entry of a container back to what an earlier copy was made from, and replaces what runs as any change does; its
 * image is on the node still. Throws unknown-container and image-missing before anything is touched.
 */
export async function rollBack(
  ports: Ports,
  input: RollbackInput,
): Promise<Report<{ containers: readonly ContainerChangeRow[] }>> {
  const { config, target, to } = input;
  const instances = instancesOf(config, target);
  const known = (await ports.history.read()) ?? noHistory;
  const observe = observer(ports, config);
  const back = new Map<Placement, Restored>(
    await Promise.all(
      instances.map(async (placement) => {
        const { container, node } = placement;
        const [found, images] = await Promise.all([observe.containers(node), observe.images(node)]);
        const { own } = copiesOf(found, container, config.cluster);
        const record = chooseRecord(known, placement, { current: own && generationOf(own), to });
        return [placement, restored(placement, record, images)] as const;
      }),
    ),
  );
  const name = instances[0]?.container ?? target;
  return changeAndRun(ports, {
    ...input,
    name,
    nodes: instances.map(({ node }) => node),
    plan: (raw) => [...back].flatMap(([placement, what]) => planRollback(raw, placement, what)),
    run: true,
    kept: `The config keeps the change: \`pictl create ${name} --recreate\` tries again, \`pictl history ${name}\` shows what there was.`,
  });
}
