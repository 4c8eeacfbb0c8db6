import type { Config, Placement } from "../../domain/config/types.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { mustRunHooks } from "../kit/hooks.ts";
import type { Engine, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";

/**
 * Tells the hooks `on_switch` of both copies while both run, so that a proxy can take up the new one. Nothing is asked or
 * written where there is no such hook. Rejects with hook-failed.
 */
export async function tellProxy(
  ports: Ports,
  { config, placement, engine, next }: { config: Config; placement: Placement; engine: Engine; next: string },
): Promise<void> {
  if ((config.hooks.onSwitch ?? placement.hooks.onSwitch) === undefined) return;
  const { container, node } = placement;
  const [before, after] = await Promise.all([engine.container(container), engine.container(next)]);
  const event = await record(ports, {
    type: "container.switching",
    container,
    node,
    before: before && copy(before),
    after: after && copy(after),
  });
  await mustRunHooks(ports, { config, placement, hook: "onSwitch", event });
}

function copy({ id, name, addresses }: ContainerFacts): Pick<ContainerFacts, "id" | "name" | "addresses"> {
  return { id, name, addresses };
}
