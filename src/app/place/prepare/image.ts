import type { Config, Placement } from "../../../domain/config/types.ts";
import { imageNamed } from "../../../domain/container/drift/drift.ts";
import { type ErrorCode, toFailure } from "../../../domain/errors.ts";
import { keptFor } from "../../../domain/history/records.ts";
import { pull } from "../../../domain/registry/pull-command.ts";
import { familiarName, parseReference } from "../../../domain/registry/reference.ts";
import { openDelivery } from "../../image/delivery.ts";
import { pullImage } from "../../image/pull-image.ts";
import { observer } from "../../kit/observe/observer.ts";
import type { Connection, Engine, Ports } from "../../ports.ts";

interface Missing {
  readonly config: Config;
  readonly placement: Placement;
  readonly connection: Connection;
  readonly engine: Engine;
  readonly say: (progress: string) => void;
}

/**
 * Makes a placement's image ready unless its node has it, before anything is stopped for it: it is pulled, or where no registry has
 * it, taken from another node or from this machine. One that is built here is left to `buildImages`. Resolves to what was done, in
 * a few words. Throws as pulling does, and as what connecting and `handOut` throw.
 */
export async function pullMissing(
  ports: Pick<Ports, "signal" | "clock" | "engines" | "nodes" | "imageStore" | "progress">,
  missing: Missing,
): Promise<string> {
  const { placement, connection, engine, say } = missing;
  const { image, node } = placement;
  if (image === undefined || imageNamed(await engine.images(), image)) return "is there";
  // What a rollback names is on nodes alone.
  const isKept = keptFor(image) !== undefined;
  if (isKept) {
    const taken = await takeFromElsewhere(ports, missing, image);
    if (taken !== undefined) return taken;
  }
  try {
    await pullImage({
      connection,
      image: parseReference(image),
      command: pull(parseReference(image)),
      username: undefined,
      password: undefined,
      onProgress: (text) => {
        say(`pulling ${image} on ${node}: ${text}`);
      },
      signal: ports.signal,
    });
    return "pulled";
  } catch (error) {
    const { code, message } = toFailure(error);
    if (isKept || !ofRegistry.has(code)) throw error;
    const taken = await takeFromElsewhere(ports, missing, image);
    if (taken === undefined) throw error;
    ports.progress.warn(`${image} was ${taken} to ${node}, as it could not be pulled: ${message}`);
    return taken;
  }
}

/** It is not this node's fault that the image did not come. */
const ofRegistry: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "image-missing",
  "registry-unreachable",
  "registry-denied",
  "registry-failed",
]);

/** Undefined where neither this machine nor another node of that kind has an image of that name. */
async function takeFromElsewhere(
  ports: Pick<Ports, "signal" | "clock" | "engines" | "nodes" | "imageStore">,
  { config, placement: { node }, engine, say }: Missing,
  image: string,
): Promise<string | undefined> {
  const { architecture: machine } = await engine.info();
  const delivery = openDelivery(ports, { config, name: image, context: null });
  const wanted = { name: familiarName(image), context: null, machine };
  const observe = observer(ports, config);
  const others = config.nodes.map(({ name }) => name).filter((name) => name !== node);
  const having = await Promise.all(
    others.map(async (name) => {
      const found = imageNamed((await observe.imagesSoon(name)) ?? [], image);
      return found && (await observe.machine(name).catch(() => undefined)) === machine ? [name] : [];
    }),
  );
  const [from] = having.flat();
  if (from !== undefined) {
    await delivery.give(node, from, say);
    return `delivered from ${from}`;
  }
  if (!(await ports.imageStore.find(wanted).catch(() => undefined))) return undefined;
  await delivery.give(node, null, say);
  return "delivered from this machine";
}
