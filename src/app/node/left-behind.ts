import type { Config } from "../../domain/config/types.ts";
import { type Failure, PictlError } from "../../domain/errors.ts";
import {
  type Found,
  hasLeft,
  type InhabitedNodes,
  leftBehind,
  noteFound,
  noteMade,
} from "../../domain/node/left-behind.ts";
import { observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";

/**
 * Remembers which nodes have our containers, so that one that leaves the config is not forgotten with what it has. A state
 * folder that cannot be written costs no more than that. Resolves to what is known then.
 */
export async function rememberFound(
  ports: Pick<Ports, "inhabited">,
  config: Config,
  found: Found,
): Promise<InhabitedNodes> {
  return remember(ports, (known) => noteFound(known, config, found));
}

async function remember(
  { inhabited }: Pick<Ports, "inhabited">,
  change: (known: InhabitedNodes) => InhabitedNodes,
): Promise<InhabitedNodes> {
  let now: InhabitedNodes = [];
  try {
    await inhabited.update((known = []) => {
      now = change(known);
      return JSON.stringify(now) === JSON.stringify(known) ? known : now;
    });
  } catch (error) {
    if (!(error instanceof PictlError && error.code === "state-write-failed")) throw error;
  }
  return now;
}

/** The same of what was just made. */
export async function rememberMade(
  ports: Pick<Ports, "inhabited">,
  config: Config,
  rows: readonly { readonly node: string; readonly container: string; readonly changed: boolean }[],
): Promise<void> {
  const made = rows.filter(({ changed }) => changed);
  if (made.length === 0) return;
  await remember(ports, (known) => noteMade(known, config, made));
}

/**
 * What is still on nodes that have left the config: each is asked, for 3 s, and forgotten once nothing of ours is there.
 * `found`: what the nodes of the config have; `gone`: nodes that have just left, known or not.
 */
export async function lookBehind(
  ports: Pick<Ports, "inhabited" | "engines" | "signal" | "clock">,
  { config, found, gone = [] }: { readonly config: Config; readonly found: Found; readonly gone?: Config["nodes"] },
): Promise<readonly Failure[]> {
  const known = await rememberFound(ports, config, found);
  const left = [...gone, ...known.map((each) => ({ labels: {}, cordoned: false, ...each }))].filter(
    (node, index, all) => hasLeft(config, node) && all.findIndex(({ name }) => name === node.name) === index,
  );
  if (left.length === 0) return [];
  const observe = observer(ports, { ...config, nodes: left });
  const answers = await Promise.all(
    left.map(async ({ name }) => {
      const containers = await observe.soon(name);
      return containers ? [[name, containers] as const] : [];
    }),
  );
  const seen = new Map(answers.flat());
  const now = await rememberFound(ports, { ...config, nodes: left }, seen);
  return now.filter((each) => hasLeft(config, each)).map((each) => leftBehind(each, seen.has(each.name)));
}

/** Somebody has taken the node out with what is there, and was told of it. */
export async function forgetNode(ports: Pick<Ports, "inhabited">, name: string): Promise<void> {
  await remember(ports, (known) => known.filter((each) => each.name !== name));
}
