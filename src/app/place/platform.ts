import type { Placement } from "../../domain/config/types.ts";
import { imageOf } from "../../domain/container/wanted.ts";
import { isEmulated, runsOneOf } from "../../domain/docker/architecture.ts";
import type { ImageDeclares } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { words } from "../../domain/shell.ts";
import { visible } from "../../domain/text.ts";
import type { Connection, Engine, Ports } from "../ports.ts";

/**
 * Refuses an image that the node's processor cannot run, before anything is stopped for it: Docker would start it, and its
 * program would end with `exec format error`. Throws image-platform. What does not say what it is for passes.
 */
export async function refuseOtherPlatform(
  ports: Pick<Ports, "signal">,
  {
    placement,
    engine,
    connection,
    declares,
  }: {
    readonly placement: Placement;
    readonly engine: Engine;
    readonly connection: Connection;
    /** What its image declares; undefined when the node has none. */
    readonly declares: ImageDeclares | undefined;
  },
): Promise<void> {
  const platform = declares?.platform;
  if (platform === undefined) return;
  const reference = imageOf(placement);
  const { architecture } = await engine.info();
  if (runsOneOf(architecture, [platform])) return;
  const listed = await connection.run(words("ls", "/proc/sys/fs/binfmt_misc"), { signal: ports.signal });
  if (isEmulated(platform, listed.stdout.split("\n"))) return;
  const { container, node, image: pulled } = placement;
  throw new PictlError(
    "image-platform",
    `The image ${visible(reference)} is for ${visible(platform)}, and ${node} is ${visible(architecture)}.`,
    {
      node,
      container,
      hint:
        pulled === undefined
          ? `Take \`--platform\` out of its Dockerfile and build it there: \`pictl build ${container} --force\`.`
          : `Take a tag that has it for ${visible(architecture)}, or emulate it: \`apt-get install qemu-user-static\` on ${node}.`,
    },
  );
}
