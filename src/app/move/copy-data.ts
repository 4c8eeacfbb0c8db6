import {
  createVolume,
  hashFolder,
  packFolder,
  prepareFolder,
  unpackFolder,
  volumePath,
} from "../../domain/move/data-commands.ts";
import { formatLocalData, type LocalData } from "../../domain/move/local-data.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Command } from "../../domain/shell.ts";
import { runDocker } from "../docker.ts";
import type { Connection, Ports, Step } from "../ports.ts";

/** Hashing and packing a large volume takes as long as it takes. */
const timeoutMs = 24 * 3_600_000;

/**
 * Copies volumes and folders from node to node, through this machine, while nobody writes to them; each is compared
 * by checksum afterwards. What the target has already is never mixed with: throws move-failed then, and when the
 * checksums differ. Throws command-failed, docker-failed and what connecting throws.
 */
export async function copyData(
  ports: Pick<Ports, "signal">,
  input: { from: Connection; to: Connection; data: readonly LocalData[]; step: Step },
): Promise<void> {
  for (const each of input.data) {
    if (each.source === undefined) continue;
    input.step.update(`copying ${formatLocalData(each)}`);
    await copyOne(ports, { ...input, kind: each.kind, source: each.source });
  }
}

async function copyOne(
  ports: Pick<Ports, "signal">,
  { from, to, kind, source }: { from: Connection; to: Connection; kind: LocalData["kind"]; source: string },
): Promise<void> {
  const { signal } = ports;
  const path = async (connection: Connection): Promise<string> => {
    if (kind !== "volume") return source;
    const found = await runDocker(connection, volumePath(source), {
      doing: `find the volume ${source}`,
      reads: true,
      signal,
    });
    return found.stdout.trim();
  };
  if (kind === "volume") await runDocker(to, createVolume(source), { doing: `make the volume ${source}`, signal });
  const [fromPath, toPath] = await Promise.all([path(from), path(to)]);
  const prepared = await asRoot(to, prepareFolder(toPath), signal);
  if (prepared.code === 73) {
    throw new PictlError(
      "move-failed",
      `${source} on ${to.node} holds data already, and the copy would be mixed with it.`,
      {
        node: to.node,
        hint: `Look at ${toPath} on ${to.node}; empty it, or move with \`--yes\` to use what is there.`,
      },
    );
  }
  const stream = await from.pipe(packFolder(fromPath), { sudo: await needsSudo(from), signal });
  await mustSucceed(to, unpackFolder(toPath), {
    stdin: stream,
    timeoutMs,
    signal,
    sudo: await needsSudo(to),
    guard: {},
  });
  const [before, after] = await Promise.all([
    mustSucceed(from, hashFolder(fromPath), { timeoutMs, signal, sudo: await needsSudo(from) }),
    mustSucceed(to, hashFolder(toPath), { timeoutMs, signal, sudo: await needsSudo(to) }),
  ]);
  if (before !== after) {
    throw new PictlError("move-failed", `The copy of ${source} differs from the original (checksums).`, {
      node: to.node,
      hint: "Something else writes to it. Stop that, and move again.",
    });
  }
}

async function asRoot(connection: Connection, command: Command, signal: AbortSignal) {
  return connection.run(command, { sudo: await needsSudo(connection), guard: {}, signal });
}

async function mustSucceed(
  connection: Connection,
  command: Command,
  options: Parameters<Connection["run"]>[1],
): Promise<string> {
  const outcome = await connection.run(command, options);
  if (outcome.status === "ok") return outcome.stdout.trim();
  const said = outcome.stderr.trim().split("\n").at(-1) ?? "";
  throw new PictlError(
    "command-failed",
    `Copying data failed on ${connection.node}: ${said === "" ? outcome.status : said}.`,
    {
      node: connection.node,
      hint: "Copying needs root on both nodes (the login, or sudo), `tar`, `find` and `sha256sum`, and room on the disk.",
    },
  );
}

async function needsSudo(connection: Connection): Promise<boolean> {
  return !(await connection.privilege()).root;
}
