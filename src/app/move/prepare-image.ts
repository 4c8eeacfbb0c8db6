import type { Config } from "../../domain/config/types.ts";
import type { MovePlan } from "../../domain/move/plan.ts";
import { pull } from "../../domain/docker/commands.ts";
import { PictlError } from "../../domain/errors.ts";
import { buildImages } from "../build.ts";
import { runDocker } from "../docker.ts";
import type { Ports } from "../ports.ts";
import type { Side } from "./side.ts";

const pullTimeoutMs = 30 * 60_000;

/** Builds or pulls the image on the target, before anything else is touched. Throws what building or pulling throws. */
export async function prepareImage(
  ports: Ports,
  { config, plan, target }: { config: Config; plan: MovePlan; target: Side },
): Promise<void> {
  const { wanted } = plan;
  if (wanted.image !== undefined) {
    const images = await target.engine.images();
    if (images.some((image) => image.tags.includes(wanted.image ?? ""))) return;
    await runDocker(target.connection, pull(wanted.image), {
      doing: `pull ${wanted.image}`,
      timeoutMs: pullTimeoutMs,
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
