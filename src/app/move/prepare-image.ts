import type { Config } from "../../domain/config/types.ts";
import type { MovePlan } from "../../domain/move/plan.ts";
import { imageNamed } from "../../domain/container/drift.ts";
import { PictlError } from "../../domain/errors.ts";
import { pull } from "../../domain/registry/pull-command.ts";
import { parseReference } from "../../domain/registry/reference.ts";
import { buildImages } from "../build.ts";
import type { Ports, Step } from "../ports.ts";
import { pullImage } from "../pull-image.ts";
import type { Side } from "./side.ts";

/** Builds or pulls the image on the target unless it is there, before anything else is touched. Throws as those do. */
export async function prepareImage(
  ports: Ports,
  { config, plan, target, step }: { config: Config; plan: MovePlan; target: Side; step: Step },
): Promise<void> {
  const { wanted } = plan;
  if (wanted.image !== undefined) {
    if (imageNamed(await target.engine.images(), wanted.image)) return;
    const image = parseReference(wanted.image);
    await pullImage({
      connection: target.connection,
      image,
      command: pull(image),
      username: undefined,
      password: undefined,
      onProgress: (text) => {
        step.update(`pulling ${wanted.image ?? ""} on ${plan.to}: ${text}`);
      },
      signal: ports.signal,
    });
    return;
  }
  const { failures } = await buildImages(ports, {
    config,
    placements: [wanted],
    noCache: false,
    pull: false,
    force: false,
    dryRun: false,
  });
  const [failure] = failures;
  if (failure) throw new PictlError(failure.code, failure.message, failure);
}
