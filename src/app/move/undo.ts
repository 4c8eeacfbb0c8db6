import type { Config } from "../../domain/config/types.ts";
import { writesToMounts } from "../../domain/container/stop/grace.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import { retiredName } from "../../domain/place/names.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import type { DataPlace } from "../../domain/move/data-commands.ts";
import { dockerUnavailable } from "../../domain/docker/client/failure.ts";
import { mayBeginForMs, type MoveRecord } from "../../domain/move/journal.ts";
import { safety } from "../../domain/safety.ts";
import type { Connection, Ports } from "../ports.ts";
import { discardCopies } from "./copy-data.ts";
import { onNode, type OnNode } from "./on-node.ts";

/**
 * Takes the new copy away, brings the old one back, takes away the data that was copied, and removes the record, or
 * leaves in it what is still to be done: when only the new copy's node does not answer, the old copy is back and nobody
 * is kept off it. A node in `dead` is not asked. `certain`: no command can still be on its way, as one may be that nobody
 * heard the end of: the old copy waits until its time is over and nobody on the node is at it any more, and a new copy that is not
 * there is looked for once more after a while. The copied data goes once, and only while the old node answers: otherwise it may be all that is left. Resolves to whether the move is undone
 * as far as its containers on answering nodes go. Throws docker-unavailable while the new copy may come at any moment.
 */
export async function undo(
  ports: Ports,
  config: Config,
  move: MoveRecord,
  { dead, certain = false }: { readonly dead: ReadonlySet<string>; readonly certain?: boolean },
): Promise<boolean> {
  const { from, copied = [] } = move;
  const on = (name: string, work: (on: OnNode) => Promise<void>): Promise<boolean> =>
    dead.has(name) ? Promise.resolve(false) : onNode(ports, config, name, work);
  const wasBack = move.step === "undone";
  const remove = (): ReturnType<typeof removeNew> =>
    removeNew(move, { homes: homesOf(config, move), args: argsOf(config, move) }, on);
  let removed = await remove();
  const onItsWayMs = mayBeginForMs(move, ports.clock.now());
  if (!certain && !wasBack && (removed === "nothing" || removed === "silent")) {
    if (onItsWayMs > 0) await ports.clock.sleep(onItsWayMs, ports.signal);
    if (safety["still-making"]) await on(move.to, ({ connection }) => untilNotMade(connection, move));
    removed = await remove();
  }
  // A dead node's copy is nobody's to bring back; what is put aside there is found again by `create`.
  const fromAnswers = wasBack ? copied.length > 0 && (await on(from, noWork)) : await restoreOld(move, on);
  const oldIsBack = wasBack || fromAnswers || dead.has(from);
  const mayCome = removed === "nothing" && !certain && move.lookedAt === undefined;
  const discards = copied.length > 0 && fromAnswers && (removed === "removed" || removed === "nothing");
  const discarded = discards && (await removeCopiedData(ports, { ...move, copied }, on));
  const gone = removed !== "silent" && !mayCome && (discarded || removed === "kept" || copied.length === 0);
  if (oldIsBack && gone) await ports.journal.remove(move);
  else if (oldIsBack && (mayCome || !wasBack)) {
    await ports.journal.write({
      ...move,
      step: "undone",
      ...(mayCome ? { lookedAt: ports.clock.now() } : {}),
      // What comes there from now on is somebody else's.
      ...(discarded ? { copied: [] } : {}),
    });
  }
  return oldIsBack && (gone || !wasBack);
}

/** Throws docker-unavailable while a client of the node's Docker still waits to make the new copy, so that the old one stays away. */
async function untilNotMade(connection: Connection, { container, to, generation }: MoveRecord): Promise<void> {
  const { status, code } = await connection.run(docker.awaitMaking(generation, makingTakesS));
  if (status === "failed" && code === 75) {
    throw dockerUnavailable(to, `It has not yet done what it was told: to start ${container}.`);
  }
}

const makingTakesS = 10;

/** Where a copy of before the move may be: on its old node, and where the layout has it since. */
function homesOf(config: Config, { container, from, to }: MoveRecord): readonly string[] {
  const homes = config.placements.filter((each) => each.container === container).map((each) => each.node);
  return homes.includes(from) ? [from] : [from, ...homes.filter((node) => node !== to)];
}

function argsOf(config: Config, { container }: MoveRecord): readonly string[] {
  return config.placements.find((each) => each.container === container)?.args ?? [];
}

const noWork = (): Promise<void> => Promise.resolve();

type On = (node: string, work: (on: OnNode) => Promise<void>) => Promise<boolean>;

async function removeNew(
  { container, from, to, generation, replaces }: MoveRecord,
  { homes, args }: { readonly homes: readonly string[]; readonly args: readonly string[] },
  on: On,
): Promise<"removed" | "kept" | "nothing" | "silent"> {
  // Where it took the place of the only copy, it is the only one now, as far as anybody knows while the others are silent.
  let olds = replaces ? 0 : 1;
  let homeIsSilent = false;
  // `from` may be another name of the same machine.
  const isNew = (each: ContainerFacts): boolean => each.name === container && generationOf(each) === generation;
  const isOld = (each: ContainerFacts): boolean =>
    (each.name === container || each.name === retiredName(container)) && !isNew(each);
  if (replaces) {
    for (const name of homes) {
      const answered = await on(name, async ({ containers }) => {
        olds += containers.filter(isOld).length;
      });
      homeIsSilent ||= !answered && name !== from;
    }
  }
  if (olds === 0) return homeIsSilent ? "silent" : "kept";
  let news = 0;
  const answered = await on(to, async ({ containers, run, remove }) => {
    for (const facts of containers.filter(isNew)) {
      news++;
      const doing = `remove the new ${container}`;
      // The old one waits for it: only where something would be lost it gets its grace.
      if (writesToMounts(args, facts)) await remove(doing, facts);
      else await run(doing, docker.remove(facts.id));
    }
  });
  if (!answered) return "silent";
  return news > 0 ? "removed" : "nothing";
}

/** Half a copy must neither be taken for the data, nor keep the next copy out. Resolves to false when its node does not answer. */
function removeCopiedData(
  ports: Ports,
  { container, to, copied }: MoveRecord & { readonly copied: readonly DataPlace[] },
  on: On,
): Promise<boolean> {
  return on(to, async ({ connection }) => {
    try {
      await discardCopies(connection, copied);
    } catch (error) {
      if (!(error instanceof PictlError) || error.code !== "command-failed") throw error;
      const places = copied.map(({ path }) => path).join(", ");
      ports.progress.warn(
        `What was copied for ${container} is still on ${to}, perhaps half of it: ${places}. ${error.message}`,
      );
    }
  });
}

/** Nothing to bring back is where a later copy has taken its place. Resolves to false when its node does not answer. */
function restoreOld({ container, from, wasRunning, generation }: MoveRecord, on: On): Promise<boolean> {
  return on(from, async ({ containers, run }) => {
    const old =
      containers.find((each) => each.name === container) ??
      containers.find((each) => each.name === retiredName(container));
    if (!old || generationOf(old) > generation) return;
    if (old.name !== container) await run(`rename the old ${container}`, docker.rename(old.name, container));
    if (wasRunning && old.state !== "running") await run(`start the old ${container}`, docker.start(container));
  });
}
