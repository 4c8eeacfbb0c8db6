import { createVolume } from "../../domain/docker/client/commands.ts";
import * as commands from "../../domain/move/data-commands.ts";
import type { DataPlace } from "../../domain/move/data-commands.ts";
import { formatLocalData, type LocalData } from "../../domain/move/local-data.ts";
import { PictlError } from "../../domain/errors.ts";
import * as tar from "../../domain/move/tar-commands.ts";
import type { Keeps } from "../../domain/move/tar-commands.ts";
import { runDocker } from "../kit/docker.ts";
import type { Connection, Ports, ProgressStep } from "../ports.ts";
import { answerOnDisk, mustSucceed, needsSudo } from "./on-disk.ts";
import { kept, powersOf, slippedIn, tellLost, tellOfCopy, type Telling } from "./what-is-copied.ts";

export interface Copying {
  readonly from: Connection;
  readonly to: Connection;
  readonly data: readonly LocalData[];
}

type Signalled = Pick<Ports, "signal">;

/** One volume, folder or file: where it is on the old node, and where it will be on the new one. */
interface Pair {
  readonly source: DataPlace;
  readonly target: DataPlace;
}

/**
 * Looks whether data can be copied, before anything is stopped for it, and tells what a copy will lack, and what in it gives
 * rights to who uses it. Resolves to the lines of the latter: nothing else of the kind is to be taken from the source, which
 * may be anybody's by then. Throws move-failed when the target holds something else there, when it is neither a file nor a
 * folder, and when it is not on the node's own disk.
 */
export async function refuseUncopyable(ports: Telling, { from, to, data }: Copying): Promise<ReadonlySet<string>> {
  const keeps = await kept(ports, { from, to });
  const powers = new Set<string>();
  for (const each of data) {
    const source = await placeOn(ports, from, each);
    if (!source) continue;
    const path = each.kind === "volume" ? await existingVolume(ports, to, source.name) : source.path;
    if (path !== undefined) await isThere(ports, { from, to }, { source, target: { ...source, path } });
    for (const line of await powersOf(ports, from, { place: source, keeps, inUse: true })) powers.add(line);
  }
  if (data.length > 0) tellOfCopy(ports, { from, to }, { keeps, powers });
  return powers;
}

/**
 * Copies volumes, folders and files from node to node, through this machine, while nobody writes to them; each is
 * compared by checksum afterwards, with its links, owners and modes. `powers`: what `refuseUncopyable` resolved to. What the target has already is never mixed with: it
 * stays when it is the same, and is refused (move-failed) when it differs. `noting` is waited for before anything is
 * written to a place. Throws command-failed, disk-full, docker-failed, connection-lost, timeout and what connecting
 * throws.
 */
export async function copyData(
  ports: Telling,
  {
    from,
    to,
    data,
    powers,
    step,
    noting,
  }: Copying & {
    readonly powers: ReadonlySet<string>;
    readonly step: ProgressStep;
    readonly noting: (place: DataPlace) => Promise<void>;
  },
): Promise<void> {
  const { signal } = ports;
  const keeps = await kept(ports, { from, to });
  for (const each of data) {
    const source = await placeOn(ports, from, each);
    if (!source) continue;
    step.update(`copying ${formatLocalData(each)}`);
    const { name } = source;
    if (each.kind === "volume") {
      await runDocker(to, createVolume(name), { doing: `make the volume ${name}`, signal });
    }
    const path = each.kind === "volume" ? await volumePath(ports, to, name) : source.path;
    const pair = { source, target: { path, isFile: source.isFile } };
    if (await isThere(ports, { from, to }, pair)) continue;
    await noting(pair.target);
    await copyOne(ports, { from, to }, { ...pair, keeps, powers });
  }
}

/** Takes away what was copied for a move that did not come about. Throws as copying does. */
export async function discardCopies(to: Connection, copied: readonly DataPlace[]): Promise<void> {
  // Not interrupted: it is part of undoing.
  for (const place of copied) await mustSucceed(to, commands.clear(place, tar.incoming(place)), { guard: {} });
}

async function copyOne(
  ports: Telling,
  { from, to }: Ends,
  { source, target, keeps, powers }: Pair & { readonly keeps: Keeps; readonly powers: ReadonlySet<string> },
): Promise<void> {
  const { signal } = ports;
  await mustSucceed(to, commands.prepare(target), { signal, guard: {} });
  const stdin = await from.pipe(tar.pack(source, keeps), { sudo: await needsSudo(from), signal });
  await mustSucceed(to, tar.unpack(target, keeps), { stdin, signal, guard: {} });
  const found = await powersOf(ports, to, { place: tar.unpacked(target), keeps, inUse: false });
  const unlisted = found.filter((line) => !powers.has(line));
  if (unlisted.length > 0) throw slippedIn(from, source, unlisted);
  if ((await answerOnDisk(to, tar.accept(target, keeps), { signal, guard: {} })) === undefined) {
    throw new PictlError(
      "move-failed",
      `${from.node} sent something else than the file ${source.path}, or ${to.node} has one by now.`,
      {
        node: to.node,
        hint: `Look at ${source.path} on both nodes, and move again.`,
      },
    );
  }
  if (await isSame(ports, { from, to }, { source, target })) {
    if (keeps === "all") await tellLost(ports, { from, to }, { source, target });
    return;
  }
  throw new PictlError("move-failed", `The copy of ${source.path} differs from the original (checksums).`, {
    node: to.node,
    hint: `Something else writes to it: stop that, and move again. Or the disk of ${to.node} keeps no links, owners or modes.`,
  });
}

type Ends = Pick<Copying, "from" | "to">;

/**
 * Whether the target holds the same already; false when nothing is there. Throws move-failed for something else, and
 * what copying throws when the look fails: what nobody has seen may be somebody's data.
 */
async function isThere(ports: Signalled, { from, to }: Ends, { source, target }: Pair): Promise<boolean> {
  if ((await answerOnDisk(to, commands.lookAtPlace(target), ports)) !== undefined) return false;
  if (await isSame(ports, { from, to }, { source, target })) return true;
  throw new PictlError(
    "move-failed",
    `${target.path} on ${to.node} holds other data than on ${from.node}, and the copy would be mixed with it.`,
    {
      node: to.node,
      hint: `Look at ${target.path} on ${to.node}; empty it, or move with \`--yes\` to use what is there.`,
    },
  );
}

async function isSame({ signal }: Signalled, { from, to }: Ends, { source, target }: Pair): Promise<boolean> {
  const [before, after] = await Promise.all([
    mustSucceed(from, commands.hash(source), { signal }),
    mustSucceed(to, commands.hash(target), { signal }),
  ]);
  return before === after;
}

/** Undefined for a volume without a name, which nobody finds again. */
async function placeOn(
  ports: Signalled,
  from: Connection,
  { kind, source: name }: LocalData,
): Promise<(DataPlace & { readonly name: string }) | undefined> {
  if (name === undefined) return undefined;
  if (kind === "volume") return { name, path: await volumePath(ports, from, name), isFile: false };
  const type = await answerOnDisk(from, commands.kindOf(name), ports);
  if (type !== undefined) return { name, path: name, isFile: type === "file" };
  throw new PictlError("move-failed", `${name} on ${from.node} is neither a file nor a folder, and cannot be copied.`, {
    node: from.node,
    hint: "Move with `--yes` instead of `--copy-volumes`, and copy by hand what else it needs.",
  });
}

/** Throws move-failed for one that does not lie on the node's disk. */
async function volumePath({ signal }: Signalled, connection: Connection, name: string): Promise<string> {
  const doing = `find the volume ${name}`;
  const { stdout } = await runDocker(connection, commands.inspectVolume(name), { doing, reads: true, signal });
  const path = commands.parseVolumePath(stdout);
  if (path !== undefined) return path;
  const { node } = connection;
  throw new PictlError(
    "move-failed",
    `The volume ${name} on ${node} lies elsewhere than on its disk (its driver, or its options, say where), and cannot be copied.`,
    {
      node,
      hint: 'Where both nodes reach it, make it on the other one, too, and move with `--yes` instead of `--copy-volumes`, or say `"shared": true` in its layout entry.',
    },
  );
}

/** Undefined when the node has no such volume. */
async function existingVolume(ports: Signalled, connection: Connection, name: string): Promise<string | undefined> {
  try {
    return await volumePath(ports, connection, name);
  } catch (error) {
    if (error instanceof PictlError && error.code === "docker-failed") return undefined;
    throw error;
  }
}
