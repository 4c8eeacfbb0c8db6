/** Commands by hand on the simulated cluster: its Docker, locks, journal and config file. */
import type { ConfigStore, HeartbeatPorts, VipPorts } from "../../src/app/ports.ts";
import type { Config } from "../../src/domain/config/types.ts";
import { load } from "./config.ts";
import { furnish } from "./history.ts";
import { openPorts } from "./ports.ts";
import { type Crash, Process } from "./process.ts";
import { World } from "./world.ts";

/** `{ n1: { web: { image: "app:1" } } }` */
export type Layout = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An entry of the layout. */
export const app = (port: number, image = "app:1"): object => ({ image, args: `-p ${String(port)}:80` });

const textOf = (layout: Layout, more: object): string =>
  JSON.stringify({
    ...{ cluster: "sim", ...more },
    layout: Object.entries(layout).map(([node, entries]) => ({ node, ...entries })),
  });

export interface Hands {
  readonly ports: HeartbeatPorts & VipPorts;
  readonly store: ConfigStore;
  readonly config: Config;
  readonly process: Process;
}

export class Cluster {
  readonly world: World;
  /** Types of events, each with its place: `container.started web@n1`. */
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  #commands = 0;

  /** `more`: other keys of the config. */
  constructor(layout: Layout, more: object = {}, seed: number | "calm" = 1) {
    this.world = new World(seed, {
      text: textOf(layout, more),
      nodes: Object.keys(layout),
      cluster: "sim",
      machines: ["controller"],
    });
    this.world.transcript = (line) => {
      const [, event] = / ! (\S+ \S*)/.exec(line) ?? [];
      if (event !== undefined) this.told.push(event.trim());
      const [, warning] = / warns: (.*)/.exec(line) ?? [];
      if (warning !== undefined) this.warnings.push(warning);
    };
    furnish(this.world);
    for (const node of this.world.nodes.values())
      for (const image of ["app:1", "app:2"]) node.docker.addImage(image, {});
  }

  edit(layout: Layout, more: object = {}): void {
    this.world.disk("controller").text = textOf(layout, more);
  }

  /** One command, from its start to its end. */
  async by<T>(work: (hands: Hands) => Promise<T>): Promise<T> {
    const ended = await this.#run(undefined, work);
    if (ended === undefined) throw new Error("The command has not ended within ten minutes.");
    return ended.value;
  }

  /** One command that dies as `crash` says; undefined when it did, and what was under way on the nodes has ended. */
  async killed<T>(crash: Crash | undefined, work: (hands: Hands) => Promise<T>): Promise<T | undefined> {
    return (await this.#run(crash, work))?.value;
  }

  async #run<T>(
    crash: Crash | undefined,
    work: (hands: Hands) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    const { timeline } = this.world;
    const process = new Process(`command ${String(++this.#commands)}`, timeline);
    process.crash = crash;
    const { ports, store } = openPorts(this.world, process, {
      signal: new AbortController().signal,
      who: "ops@controller",
      cause: "pictl",
    });
    const config = load(this.world.disk("controller").text).config;
    let ended: { readonly value: T } | { readonly error: unknown } | undefined;
    process.wake(() => {
      work({ ports, store, config, process }).then(
        (value) => (ended = { value }),
        (error: unknown) => (ended = { error }),
      );
    });
    await timeline.run(timeline.now + 600_000, () => ended === undefined);
    const shown = process.shown();
    process.kill();
    if (ended !== undefined && "error" in ended) throw ended.error;
    if (ended !== undefined && shown.length > 0) throw new RangeError(`has ended with open lines: ${shown.join(", ")}`);
    return ended;
  }

  /** `c1 app:1` for each container that runs, by its node. */
  running(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      [...this.world.nodes.values()].map(({ name, docker }) => [
        name,
        docker
          .facts()
          .filter(({ state }) => state === "running")
          .map((each) => `${each.name} ${each.image}`)
          .sort(),
      ]),
    );
  }

  layout(): unknown {
    return (JSON.parse(this.world.disk("controller").text) as { layout: unknown }).layout;
  }
}
