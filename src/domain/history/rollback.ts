import type { RawConfig, RawContainer } from "../config/raw.ts";
import type { Placement } from "../config/types.ts";
import { type ContainerEdit, drop, put } from "../container/edits/entries.ts";
import { PictlError } from "../errors.ts";
import { quote } from "../shell.ts";
import { type History, type KeptEntry, type PlacementRecord, recordsOf } from "./records.ts";

/**
 * The placement to go back to on a node: the one of that generation, or of the same make where another node's is named; else
 * the last good one that differs from what is there. `current`: the generation that is there. Throws unknown-container where
 * nothing is remembered that fits.
 */
export function chooseRecord(
  history: History,
  { container, node }: Pick<Placement, "container" | "node">,
  { current, to }: { readonly current: number | undefined; readonly to?: number | undefined },
): PlacementRecord {
  const good = recordsOf(history, { container, node }).filter(({ outcome }) => outcome === "placed");
  const named = to === undefined ? undefined : recordsOf(history, { container }).find((each) => each.generation === to);
  const now = good.find(({ generation }) => generation === current) ?? good[0];
  const found =
    to === undefined
      ? good.find((each) => each.generation < (current ?? Infinity) && !(now && isSameMake(each, now)))
      : (good.find(({ generation }) => generation === to) ?? good.find((each) => named && isSameMake(each, named)));
  if (found) return found;
  const what = to === undefined ? "no other version" : `no placement ${String(to)}`;
  throw new PictlError("unknown-container", `This machine remembers ${what} of ${container} on ${node}.`, {
    container,
    node,
    hint: `\`pictl history ${container}\` shows what it remembers; \`pictl container edit\` changes the entry by hand.`,
  });
}

function isSameMake(one: PlacementRecord, other: PlacementRecord): boolean {
  return one.digest === other.digest && one.imageId === other.imageId;
}

/** What an entry of the layout is to say again. */
export interface Restored {
  readonly entry: KeptEntry;
  /** The reference by which the node has the image; undefined for the one that is built. */
  readonly image: string | undefined;
}

/** The edits that bring an entry back to what a placement was made from; what it says beside that stays. */
export function planRollback(
  raw: RawConfig,
  { container, node, args, command = [] }: Pick<Placement, "container" | "node" | "args" | "command">,
  { entry, image }: Restored,
): readonly ContainerEdit[] {
  const index = (raw.layout ?? []).findIndex((row) => row.node === node && Object.hasOwn(row, container));
  if (index === -1) return [];
  const found = raw.layout?.[index]?.[container] ?? null;
  const before: RawContainer = typeof found === "string" || found === null ? { args: found ?? "" } : found;
  const sameArgs = args.join("\0") === entry.args.join("\0");
  const present = before.env ?? {};
  const env = {
    ...entry.env,
    ...Object.fromEntries(Object.entries(present).filter(([name]) => entry.hidden.includes(name))),
  };
  const after: RawContainer = {
    ...before,
    args: sameArgs ? before.args : entry.args.map(quote).join(" "),
    image,
    build: image === undefined ? before.build : undefined,
    command: command.join("\0") === (entry.command ?? []).join("\0") ? before.command : entry.command,
    env: Object.keys(env).length === 0 && before.env === undefined ? undefined : env,
  };
  const keys = ["args", "build", "image", "command", "env"] as const;
  const changed = keys.filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
  if (changed.length === 0) return [];
  const path = ["layout", index, container];
  if (typeof found === "string" || found === null) {
    const value = changed.every((key) => key === "args") ? after.args : withoutMissing(after);
    return [put(path, { before: found ?? undefined, after: value, node })];
  }
  return changed.map((key) =>
    after[key] === undefined
      ? drop([...path, key], { before: before[key], node })
      : put([...path, key], { before: before[key], after: after[key], node }),
  );
}

function withoutMissing(entry: RawContainer): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
