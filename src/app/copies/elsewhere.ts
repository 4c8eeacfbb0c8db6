import type { Config, Placement } from "../../domain/config/types.ts";
import { runsElsewhere, runsElsewhereError } from "../../domain/container/copies/elsewhere.ts";
import { placedOf, noGenerations } from "../../domain/container/copies/generations.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { safety } from "../../domain/safety.ts";
import type { Observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";

/**
 * To be called before a container is started that does not run: throws runs-elsewhere while a copy of it that is not older
 * runs on another node than the layout has it on, as far as the nodes of the config answer. `facts`: what is there of it.
 */
export async function refuseSecondCopy(
  ports: Pick<Ports, "generations">,
  {
    config,
    placement,
    facts,
    observe,
  }: {
    readonly config: Config;
    readonly placement: Pick<Placement, "container" | "node">;
    readonly facts: ContainerFacts | undefined;
    readonly observe: Observer;
  },
): Promise<void> {
  if ((facts && isAlive(facts)) || !safety["no-second-copy"]) return;
  const others = config.nodes.map(async ({ name }) => [name, (await observe.soon(name)) ?? []] as const);
  const here = [placement.node, await observe.containers(placement.node)] as const;
  const found = new Map([...(await Promise.all(others)), here]);
  const copy = runsElsewhere(config, placement, { found, floor: facts ? generationOf(facts) : 0 });
  if (!copy) return;
  const generations = (await ports.generations.read()) ?? noGenerations;
  throw runsElsewhereError(placement, copy, placedOf(generations, placement.container));
}
