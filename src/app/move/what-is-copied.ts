import type { DataPlace } from "../../domain/move/data-commands.ts";
import * as tar from "../../domain/move/tar-commands.ts";
import type { Keeps } from "../../domain/move/tar-commands.ts";
import { PictlError } from "../../domain/errors.ts";
import { visible } from "../../domain/text.ts";
import type { Connection, Ports } from "../ports.ts";
import { mustSucceed } from "./on-disk.ts";

type Signalled = Pick<Ports, "signal">;
export type Telling = Signalled & { readonly progress: Pick<Ports["progress"], "warn"> };

interface Ends {
  readonly from: Connection;
  readonly to: Connection;
}

/** Tells what a copy will lack, and what in it gives rights to who uses it. */
export function tellOfCopy(
  { progress }: Telling,
  { from, to }: Ends,
  { keeps, powers }: { readonly keeps: Keeps; readonly powers: ReadonlySet<string> },
): void {
  if (keeps === "plain") {
    progress.warn(`The copy will lack ${tar.lostWithPlainTar}: ${from.node} and ${to.node} do not both have GNU tar.`);
  }
  if (powers.size === 0) return;
  const list = [...powers].map((line) => `\n    ${visible(line)}`).join("");
  progress.warn(`The data holds devices, or files that give rights to who runs them; ${to.node} gets them too:${list}`);
}

/** What a copy between the two keeps. Throws move-failed where the target's tar would write wherever the source says. */
export async function kept({ signal }: Signalled, { from, to }: Ends): Promise<Keeps> {
  const kindOf = (node: Connection): Promise<string> => mustSucceed(node, tar.tarKind, { signal });
  const [source, target] = await Promise.all([kindOf(from), kindOf(to)]);
  const old = tar.followsLinks(target);
  if (old === undefined) return source === "all" && target === "all" ? "all" : "plain";
  throw new PictlError(
    "move-failed",
    `The tar of ${to.node} is that of BusyBox ${old}, which would let ${from.node} write anywhere on it.`,
    { node: to.node, hint: `Install GNU tar on ${to.node}, or BusyBox 1.28 or later.` },
  );
}

/** The lines of `listPowers`. Throws move-failed when there are too many to look at, and what `mustSucceed` throws. */
export async function powersOf(
  { signal }: Signalled,
  connection: Connection,
  { place, keeps, inUse }: { readonly place: DataPlace; readonly keeps: Keeps; readonly inUse: boolean },
): Promise<readonly string[]> {
  const said = await mustSucceed(connection, tar.listPowers(place, keeps, { inUse }), {
    signal,
    maxOutputBytes: mostPowers,
  });
  if (said.length >= mostPowers - 1) {
    throw new PictlError(
      "move-failed",
      `${place.path} on ${connection.node} holds more devices and set-user-id files than can be looked at.`,
      {
        node: connection.node,
        hint: "Copy it by hand, and move with `--yes` instead of `--copy-volumes`.",
      },
    );
  }
  return said.split("\n").filter((line) => line !== "");
}

/** Bytes of their list. */
const mostPowers = 1_000_000;

/** The move-failed for what came and was not there when the source was looked at. */
export function slippedIn({ node }: Connection, { path }: DataPlace, lines: readonly string[]): PictlError {
  const list = lines
    .slice(0, 5)
    .map((line) => visible(line))
    .join("; ");
  return new PictlError(
    "move-failed",
    `${node} sent devices, or files that give rights to who runs them, which ${path} did not hold before: ${list}.`,
    { node, hint: `Nothing of it was kept. Look who has access to ${node}, and whether something writes to ${path}.` },
  );
}

/** Compares what is known of the data beside its contents: a disk that keeps no attributes lets tar only mutter. */
export async function tellLost(
  { signal, progress }: Telling,
  { from, to }: Ends,
  { source, target }: { readonly source: DataPlace; readonly target: DataPlace },
): Promise<void> {
  const [before, after] = await Promise.all([
    mustSucceed(from, tar.digestOfFacts(source), { signal }),
    mustSucceed(to, tar.digestOfFacts(target), { signal }),
  ]);
  if (before === after) return;
  progress.warn(
    `The copy of ${source.path} on ${to.node} has other attributes, ACLs or times than the original: its disk may keep none.`,
  );
}
