import pMap from "p-map";
import { firstOf } from "../../abort.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { load, pullFrom } from "../../domain/delivery/commands.ts";
import { type ImageFiles, idsOf, layersThere } from "../../domain/delivery/stored.ts";
import { removeImage, tagImage } from "../../domain/docker/client/commands.ts";
import type { ImageFacts } from "../../domain/docker/facts.ts";
import { labels } from "../../domain/docker/labels.ts";
import { runsOneOf } from "../../domain/docker/engine/architecture.ts";
import { type ErrorCode, PictlError, toFailure } from "../../domain/errors.ts";
import { runDocker } from "../kit/docker.ts";
import { watched } from "../kit/streams/watched.ts";
import type { Connection, Engine, Ports } from "../ports.ts";
import { imageTimeoutMs } from "./time-limit.ts";

export interface HandingOut {
  readonly connection: Connection;
  readonly engine: Engine;
  readonly image: ImageFiles;
  /** What it is called there, tag and all. */
  readonly name: string;
  readonly say: (progress: string) => void;
}

/**
 * Gives a node an image of this machine, as far as it lacks it, and sees by its digests that it is the same. Resolves to the bytes
 * of it that went over the line. Rejects with delivery-failed, image-missing (for another kind of machine), and what `runDocker`
 * rejects with.
 */
export async function handOut(
  ports: Pick<Ports, "imageStore" | "signal">,
  handing: HandingOut,
): Promise<{ readonly bytes: number }> {
  const { connection, engine, image, name, say } = handing;
  const { node } = connection;
  const [info, images] = await Promise.all([engine.info(), engine.images()]);
  if (!runsOneOf(info.architecture, [image.platform])) {
    throw new PictlError(
      "image-missing",
      `The image ${name} is for ${image.platform}, and ${node} is ${info.architecture}.`,
      {
        node,
      },
    );
  }
  const there = images.find(({ id }) => idsOf(image).has(id));
  if (there) {
    if (imageNamed(images, name) !== there)
      await runDocker(connection, tagImage(there.id, name), { doing: `tag ${name}` });
    return { bytes: 0 };
  }
  say(`giving ${name} to ${node}`);
  const bytes =
    info.product === "Docker" && info.containerd
      ? ((await byPull(ports, handing)) ?? (await byLoad(ports, handing, 0)))
      : await byLayers(ports, handing, info.product === "Docker" ? images : []);
  const now = await engine.images();
  await refuseOther(handing, now);
  await forget(handing, { before: imageNamed(images, name), now });
  return { bytes };
}

/** Undefined where sshd forwards no ports. */
async function byPull(
  { imageStore, signal }: Pick<Ports, "imageStore" | "signal">,
  { connection, image, name }: HandingOut,
): Promise<number | undefined> {
  const door = await imageStore.openDoor(connection, { gives: image }, signal);
  if (!door) return undefined;
  try {
    const command = pullFrom(`${door.name}@${image.root}`, name);
    await runDocker(connection, command, { doing: `pull ${name}`, timeoutMs: imageTimeoutMs, signal });
    return door.bytes();
  } finally {
    await door.close();
  }
}

/** Docker's classic store takes an archive without the layers that it has. */
async function byLayers(
  ports: Pick<Ports, "imageStore" | "signal">,
  handing: HandingOut,
  images: readonly ImageFacts[],
): Promise<number> {
  const { engine, image } = handing;
  const known = await pMap(images, ({ id }) => engine.layers(id), { concurrency: 8 });
  const there = layersThere(image.layers, known);
  if (there === 0) return byLoad(ports, handing, 0);
  try {
    return await byLoad(ports, handing, there);
  } catch (error) {
    // Somebody may have removed them in this moment.
    if (toFailure(error).code !== "docker-failed") throw error;
    return byLoad(ports, handing, 0);
  }
}

async function byLoad(
  { imageStore, signal: own }: Pick<Ports, "imageStore" | "signal">,
  { connection, image, name }: HandingOut,
  there: number,
): Promise<number> {
  const { bytes, chunks } = imageStore.archive(image, { name, there });
  const source = watched(chunks);
  const { signal, dispose } = firstOf([own, source.broken]);
  try {
    await runDocker(connection, load, {
      doing: `load ${name}`,
      stdin: source.chunks,
      timeoutMs: imageTimeoutMs,
      signal,
    });
    source.broken.throwIfAborted();
    return bytes;
  } catch (error) {
    source.broken.throwIfAborted();
    throw error;
  } finally {
    dispose();
  }
}

async function refuseOther(
  { connection: { node }, engine, image, name }: HandingOut,
  images: readonly ImageFacts[],
): Promise<void> {
  const now = imageNamed(images, name);
  if (now && idsOf(image).has(now.id)) return;
  const layers = now ? await engine.layers(now.id) : [];
  if (layers.length > 0 && layers.join() === image.layers.map(({ diffId }) => diffId).join()) return;
  throw new PictlError("delivery-failed", `${node} has another image ${name} than the one that was sent there.`, {
    node,
    hint: "Somebody may have built or pulled it there in this moment. Say it again.",
  });
}

/** What pictl built and had given that name before goes, unless something names or uses it: each delivery would leave one. */
async function forget(
  { connection }: HandingOut,
  { before, now }: { readonly before: ImageFacts | undefined; readonly now: readonly ImageFacts[] },
): Promise<void> {
  if (before?.labels[labels.context] === undefined) return;
  if (now.find(({ id }) => id === before.id)?.tags.length !== 0) return;
  // Docker refuses where a container uses it, and what stays is no harm.
  await runDocker(connection, removeImage(before.id, false), { doing: `remove ${before.id}` }).catch(() => undefined);
}

/** Nothing else on this node would do better after these. */
export const endsDelivery: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "interrupted",
  "connection-lost",
  "node-unreachable",
  "timeout",
  "disk-full",
  "docker-missing",
  "docker-denied",
  "docker-unavailable",
  "superseded",
  "command-late",
  "node-rebooted",
]);
