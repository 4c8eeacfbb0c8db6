import type { Config, NodeSpec, Placement } from "../../domain/config/types.ts";
import { stopAndRemove } from "../../domain/container/stop/grace.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { checkOf, gatesOf } from "../../domain/place/gate.ts";
import { copiesOf } from "../../domain/place/names.ts";
import { finishing, leftover, startsAgain, undoing } from "../../domain/place/steps.ts";
import type { Command } from "../../domain/shell.ts";
import { refuseSecondCopy } from "../copies/elsewhere.ts";
import { runDockerAloud } from "../kit/docker-aloud.ts";
import { nodeOf, observer } from "../kit/observe/observer.ts";
import type { Engine, Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import { passGate } from "./gate.ts";

/**
 * Finishes or undoes a replacement that was cut off, under the container's lock and before anything else is done to it. A
 * new copy that has the container's name already stays when it passes its gate; else the old copy is brought back as it
 * was, unless that would make two: what was put aside here may have been moved since. Resolves to what is on the node
 * then. Throws container-foreign, runs-elsewhere, and what `runDocker` and asking Docker throw.
 */
export async function settleReplacement(
  ports: Ports,
  { config, placement, graceSeconds }: { config: Config; placement: Placement; graceSeconds?: number | undefined },
): Promise<readonly ContainerFacts[]> {
  const { container } = placement;
  const node = nodeOf(config, placement.node);
  const engine = await ports.engines.on(node, ports.signal);
  const found = await engine.containers();
  const copies = copiesOf(found, container, config.cluster);
  const left = leftover(copies);
  if (left === "nothing") return found;
  const good = left === "judge" && (await isGood(ports, { config, placement, node, engine }));
  if (!good && startsAgain(copies)) {
    const facts = copies.retired ?? copies.own;
    await refuseSecondCopy(ports, { config, placement, facts, observe: observer(ports, config) });
  }
  const commands = good
    ? finishing(container, copies, { graceSeconds })
    : undoing(container, copies, { args: placement.args });
  await runAll(ports, {
    node,
    commands,
    doing: good ? `remove the old ${container}` : `bring the old ${container} back`,
  });
  const way = good ? "finished" : "undone";
  ports.progress.warn(`${container}@${node.name}: a replacement that was cut off was ${way} first.`);
  await record(ports, { type: `container.replacement-${way}`, container, node: node.name });
  return engine.containers();
}

/**
 * Removes what a replacement that was cut off has left beside the container, which is about to go, too. Resolves to what
 * was on the node before. Throws as `settleReplacement`.
 */
export async function removeLeftovers(
  ports: Ports,
  { config, placement: { container, node: name } }: { config: Config; placement: Placement },
): Promise<readonly ContainerFacts[]> {
  const node = nodeOf(config, name);
  const found = await (await ports.engines.on(node, ports.signal)).containers();
  const { next, retired } = copiesOf(found, container, config.cluster);
  const commands = [next, retired].flatMap((each) => (each ? stopAndRemove(each, undefined) : []));
  await runAll(ports, { node, commands, doing: `remove what is left of a replacement of ${container}` });
  return found;
}

async function isGood(
  ports: Ports,
  { config, placement, node, engine }: { config: Config; placement: Placement; node: NodeSpec; engine: Engine },
): Promise<boolean> {
  const { container, patienceMs } = placement;
  const { after: gate } = gatesOf(undefined, { check: checkOf(config, placement), skips: false });
  if (!gate) return true;
  try {
    await passGate(ports, { node, engine, gate, name: container, container, patienceMs, mayEnd: false });
    return true;
  } catch (error) {
    if (error instanceof PictlError && error.code === "gate-failed") return false;
    throw error;
  }
}

async function runAll(
  ports: Ports,
  { node, commands, doing }: { node: NodeSpec; commands: readonly Command[]; doing: string },
): Promise<void> {
  const connection = await ports.nodes.connect(node);
  // What ends in its own time may take for ever; the line's end is heard all the same.
  const patience = { timeoutMs: Infinity, usualMs: 60_000 };
  for (const command of commands) {
    await runDockerAloud(ports, connection, command, { doing, ...patience });
  }
}
