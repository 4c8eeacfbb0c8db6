import * as commands from "../../domain/move/data-commands.ts";
import type { Place } from "../../domain/move/data-commands.ts";
import { formatLocalData, type LocalData } from "../../domain/move/local-data.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Command } from "../../domain/shell.ts";
import { runDocker } from "../docker.ts";
import type { Connection, Outcome, Ports, RunOptions, Step } from "../ports.ts";

/** Hashing and packing a large volume takes as long as it takes. */
const timeoutMs = 24 * 3_600_000;

/** How a script says no (`domain/move/data-commands.ts`). */
const saysNo = 73;

export interface Copying {
  readonly from: Connection;
  readonly to: Connection;
  readonly data: readonly LocalData[];
}

type Signalled = Pick<Ports, "signal">;

/** One volume, folder or file: where it is on the old node, and where it will be on the new one. */
interface Pair {
  readonly source: Place;
  readonly target: Place;
}

/**
 * Looks whether data can be copied, before anything is stopped for it. Throws move-failed when the target holds
 * something else there, when it is neither a file nor a folder, and when it is not on the node's own disk.
 */
export async function refuseUncopyable(ports: Signalled, { from, to, data }: Copying): Promise<void> {
  for (const each of data) {
    const source = await placeOn(ports, from, each);
    if (!source) continue;
    const path = each.kind === "volume" ? await existingVolume(ports, to, source.name) : source.path;
    if (path !== undefined) await isThere(ports, { from, to }, { source, target: { ...source, path } });
  }
}

/**
 * Copies volumes, folders and files from node to node, through this machine, while nobody writes to them; each is
 * compared by checksum afterwards, with its links, owners and modes. What the target has already is never mixed with: it
 * stays when it is the same, and is refused (move-failed) when it differs. `noting` is waited for before anything is
 * written to a place. Throws command-failed, disk-full, docker-failed, connection-lost, timeout and what connecting
 * throws.
 */
export async function copyData(
  ports: Signalled,
  { from, to, data, step, noting }: Copying & { readonly step: Step; readonly noting: (place: Place) => Promise<void> },
): Promise<void> {
  const { signal } = ports;
  for (const each of data) {
    const source = await placeOn(ports, from, each);
    if (!source) continue;
    step.update(`copying ${formatLocalData(each)}`);
    const { name } = source;
    if (each.kind === "volume") {
      await runDocker(to, commands.createVolume(name), { doing: `make the volume ${name}`, signal });
    }
    const path = each.kind === "volume" ? await volumePath(ports, to, name) : source.path;
    const pair = { source, target: { path, isFile: source.isFile } };
    if (await isThere(ports, { from, to }, pair)) continue;
    await noting(pair.target);
    await copyOne(ports, { from, to }, pair);
  }
}

/** Takes away what was copied for a move that did not come about. Throws as copying does. */
export async function discardCopies(to: Connection, copied: readonly Place[]): Promise<void> {
  // Not interrupted: it is part of undoing.
  for (const place of copied) await mustSucceed(to, commands.clear(place), { guard: {} });
}

async function copyOne(ports: Signalled, { from, to }: Ends, { source, target }: Pair): Promise<void> {
  const { signal } = ports;
  await mustSucceed(to, commands.prepare(target), { signal, guard: {} });
  const stdin = await from.pipe(commands.pack(source), { sudo: await needsSudo(from), signal });
  await mustSucceed(to, commands.unpack(target), { stdin, signal, guard: {} });
  if (await isSame(ports, { from, to }, { source, target })) return;
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
  if ((await answer(to, commands.lookAtPlace(target), ports)) !== undefined) return false;
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
): Promise<(Place & { readonly name: string }) | undefined> {
  if (name === undefined) return undefined;
  if (kind === "volume") return { name, path: await volumePath(ports, from, name), isFile: false };
  const type = await answer(from, commands.kindOf(name), ports);
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

/** What the script says; undefined when it says no. Throws command-failed when it does neither. */
async function answer(connection: Connection, command: Command, { signal }: Signalled): Promise<string | undefined> {
  const outcome = await asRoot(connection, command, { signal });
  return outcome.status === "failed" && outcome.code === saysNo ? undefined : output(connection, outcome);
}

async function mustSucceed(connection: Connection, command: Command, options: RunOptions): Promise<string> {
  return output(connection, await asRoot(connection, command, options));
}

function output({ node }: Connection, outcome: Outcome): string {
  if (outcome.status === "ok") return outcome.stdout.trim();
  if (outcome.status === "unknown") {
    const timedOut = outcome.reason === "timeout";
    const why = timedOut ? "it took too long" : "the connection was lost";
    throw new PictlError(timedOut ? "timeout" : "connection-lost", `Copying data failed on ${node}: ${why}.`, {
      node,
      hint: `\`pictl doctor ${node}\` looks at the line and the node. When they are well, move it again.`,
    });
  }
  // After what failed, tar says that it failed.
  const lines = outcome.stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("tar: Exiting with failure status"));
  const said = lines.at(-1) || `exit code ${String(outcome.code)}`;
  const full = /No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(outcome.stderr);
  throw new PictlError(
    full ? "disk-full" : "command-failed",
    `${full ? "The disk is full: copying" : "Copying"} data failed on ${node}: ${said}.`,
    {
      node,
      hint: full
        ? `Make room on ${node}: \`pictl prune --node ${node}\` removes what nothing there needs.`
        : "Copying needs root on both nodes (the login, or sudo), `tar`, `find`, `stat` and `sha256sum`.",
    },
  );
}

async function asRoot(connection: Connection, command: Command, options: RunOptions): Promise<Outcome> {
  return connection.run(command, { timeoutMs, ...options, sudo: await needsSudo(connection) });
}

async function needsSudo(connection: Connection): Promise<boolean> {
  return !(await connection.privilege()).root;
}
