import { readEnvironments, wishOf } from "../../app/place/prepare/environment.ts";
import type { Config, ConfigProblem } from "../../domain/config/types.ts";
import { ConfigInvalidError } from "../../domain/config/findings/problem.ts";
import type { Wish } from "../../domain/container/drift/drift.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import type { Bell } from "./bell.ts";
import type { Feed, LiveSources } from "./feed.ts";

/** How often the file is asked whether it has changed. */
const everyMs = 1000;
/** How often the files are read that it names (`env_file`, secrets). */
const filesEveryMs = 30_000;

/**
 * Reads the config whenever its file has changed, and what it names now and then, and tells; `onConfig` is called with every
 * config that is in force from then on. The bell asks at once. Rejects when the signal aborts.
 */
export async function followConfig(
  feed: Feed,
  { store, config: first }: Pick<LiveSources, "store" | "config">,
  { bell, onConfig }: { readonly bell: Bell; readonly onConfig: (config: Config) => void },
): Promise<never> {
  const { ports, board } = feed;
  const { clock, signal } = ports;
  let stamp: string | undefined;
  let filesAt = -Infinity;
  let wishes: ReadonlyMap<string, Wish> = new Map();
  for (;;) {
    const now = await store.stamp();
    if (now !== stamp) {
      const read = await readConfig(store, first);
      if (read.config) {
        wishes = await wishesOf(ports, read.config);
        filesAt = clock.monotonic();
      }
      board.tell({ kind: "config", ...read, wishes: read.config && wishes, atMs: clock.now() });
      if (read.config) onConfig(read.config);
      // One that was being written while it was read is read again.
      stamp = now;
    } else if (clock.monotonic() - filesAt >= filesEveryMs) {
      filesAt = clock.monotonic();
      const { config, problems, failure } = board.current().config;
      const latest = await wishesOf(ports, config);
      if (!sameWishes(wishes, latest)) {
        board.tell({ kind: "config", config, wishes: latest, problems, failure, atMs: clock.now() });
      }
      wishes = latest;
    }
    await bell.wait(everyMs, signal);
    signal.throwIfAborted();
  }
}

interface Read {
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly failure: Failure | null;
}

async function readConfig(store: LiveSources["store"], first: Config): Promise<Read> {
  try {
    const { config, warnings } = await store.read();
    if (config.cluster === first.cluster && config.stateDir === first.stateDir) {
      return { config, problems: warnings, failure: null };
    }
    const what = config.cluster === first.cluster ? "`state_dir`" : "`cluster`";
    throw new PictlError("config-invalid", `The config has another ${what} now: it is of another cluster.`, {
      hint: "Put the old one back, or start pictl anew.",
    });
  } catch (error) {
    const problems = error instanceof ConfigInvalidError ? error.problems : [];
    return { config: undefined, problems, failure: toFailure(error) };
  }
}

/** By `container@node`. */
async function wishesOf(ports: Feed["ports"], { placements }: Config): Promise<ReadonlyMap<string, Wish>> {
  const environments = await readEnvironments(ports, placements);
  const wishes = new Map<string, Wish>();
  for (const placement of placements) {
    wishes.set(`${placement.container}@${placement.node}`, await wishOf(ports, placement, environments.of(placement)));
  }
  return wishes;
}

function sameWishes(one: ReadonlyMap<string, Wish>, other: ReadonlyMap<string, Wish>): boolean {
  return [...one].every(([key, wish]) => sameWish(wish, other.get(key)));
}

function sameWish(one: Wish, other: Wish | undefined): boolean {
  const values = ({ env = [], secrets = [] }: Wish): string =>
    JSON.stringify([...env, ...secrets].map(([name, value]) => [name, value.reveal()]));
  return other !== undefined && one.digest === other.digest && values(one) === values(other);
}
