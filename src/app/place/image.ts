import type { Placement } from "../../domain/config/types.ts";
import { imageNamed } from "../../domain/container/drift.ts";
import { pull } from "../../domain/registry/pull-command.ts";
import { parseReference } from "../../domain/registry/reference.ts";
import type { Connection, Engine, Ports } from "../ports.ts";
import { pullImage } from "../image/pull-image.ts";

/**
 * Pulls a placement's image unless its node has it, before anything is stopped for it; one that is built here is left to
 * `buildImages`. Throws as pulling does.
 */
export async function pullMissing(
  ports: Pick<Ports, "signal">,
  {
    placement,
    connection,
    engine,
    say,
  }: {
    readonly placement: Placement;
    readonly connection: Connection;
    readonly engine: Engine;
    readonly say: (progress: string) => void;
  },
): Promise<void> {
  const { image, node } = placement;
  if (image === undefined || imageNamed(await engine.images(), image)) return;
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
}
