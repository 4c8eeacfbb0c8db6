import { firstOf } from "../../abort.ts";
import type { Config, Placement } from "../../domain/config/types.ts";
import { containerMissing, ours } from "../../domain/container/copies/ownership.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import { LogCursor } from "../../domain/logs/cursor.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { goesOn } from "../../domain/logs/follow.ts";
import type { MoveRecord } from "../../domain/move/journal.ts";
import { type FanOut, fanOut } from "../kit/fan-out.ts";
import type { LogSource } from "./readings.ts";
import type { NodeWatch } from "./node-watch.ts";
import { observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";

/** Once one node has answered, the logs of the others wait so long to be in the order of time with its own. */
const patienceMs = 1_000;

export interface SourcesInput {
  readonly config: Config;
  readonly placements: readonly Placement[];
  /** The logs are read from where they begin. */
  readonly whole: boolean;
}

type FindPorts = Pick<Ports, "engines" | "clock" | "signal" | "concurrency">;

/** The logs of all placements. A container that is missing or not ours, and a node that fails, is a failure. */
export function findSources(ports: FindPorts, input: SourcesInput): Promise<FanOut<LogSource>> {
  const observe = observer(ports, input.config);
  return find(ports, input, (node) => observe.containers(node));
}

/**
 * The same for logs that are followed: a node that does not answer soon keeps nobody waiting, and has sources without
 * an id.
 */
export async function findSourcesSoon(
  ports: FindPorts,
  input: SourcesInput & { readonly watch: NodeWatch },
): Promise<FanOut<LogSource>> {
  const over = new AbortController();
  const waiting = firstOf([ports.signal, over.signal]);
  let answered: () => void = () => undefined;
  const late = new Promise<void>((resolve) => (answered = resolve))
    .then(() => ports.clock.sleep(patienceMs, waiting.signal))
    .then(
      () => undefined,
      () => undefined,
    );
  try {
    // However many wait for silent nodes, those that answer have their turn.
    const everybody = { ...ports, concurrency: Math.max(1, input.placements.length) };
    return await find(everybody, input, async (node) => {
      const found = await Promise.race([input.watch.look(node), late]);
      if (found) answered();
      return found;
    });
  } finally {
    over.abort();
  }
}

function find(
  ports: FindPorts,
  { config, placements, whole }: SourcesInput,
  look: (node: string) => Promise<readonly ContainerFacts[] | undefined>,
): Promise<FanOut<LogSource>> {
  return fanOut(ports, placements, {
    place: ({ container, node }) => ({ container, node }),
    work: async ({ container, node }): Promise<LogSource> => {
      const found = await look(node);
      const facts = found && ours(found, container, config.cluster);
      if (found && !facts) throw containerMissing(container);
      const cursor = new LogCursor({ whole });
      return { container, node, alive: facts !== undefined && isAlive(facts), id: facts?.id, cursor, begun: false };
    },
  });
}

/** Where the followed containers are by the config of now. */
export class LogPlaces {
  readonly #ports: Pick<Ports, "latestConfig" | "journal">;
  readonly #config: Config;
  readonly #select: (config: Config) => readonly Placement[];

  /** `select`: the placements that are meant; throws unknown-container when there are none any more. */
  constructor(
    ports: Pick<Ports, "latestConfig" | "journal">,
    { config, select }: { readonly config: Config; readonly select: (config: Config) => readonly Placement[] },
  ) {
    this.#ports = ports;
    this.#config = config;
    this.#select = select;
  }

  /** Where the log goes on (see `goesOn`), as far as the command knows the node. */
  async next(source: LogSource, followed: readonly LogSource[]): Promise<ReturnType<typeof goesOn>> {
    const { config, moves } = await this.#look(source.container);
    const wanted = config ? await unlessFails(() => this.#select(config)) : [];
    const known = (wanted ?? []).filter((each) => this.#config.nodes.some(({ name }) => name === each.node));
    return goesOn(source, { wanted: known, moves, followed });
  }

  /** The nodes that have the container by now and where it is not followed. */
  async elsewhere(container: string, followed: readonly LogSource[]): Promise<readonly string[]> {
    const { config } = await this.#look(container);
    const known = followed.filter((each) => each.container === container).map((each) => each.node);
    const nodes = (config?.placements ?? []).filter((each) => each.container === container).map((each) => each.node);
    return nodes.filter((node) => !known.includes(node));
  }

  /** A file that cannot be read at the moment tells nothing, and the next look may. */
  async #look(container: string): Promise<{ config: Config | undefined; moves: readonly MoveRecord[] }> {
    const [config, moves] = await Promise.all([
      unlessFails(() => this.#ports.latestConfig()),
      unlessFails(() => this.#ports.journal.read([container])),
    ]);
    return { config, moves: moves ?? [] };
  }
}

async function unlessFails<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PictlError) return undefined;
    throw error;
  }
}
