import type { Config } from "../domain/config/types.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { mayPass, pauseMs } from "../domain/logs/follow.ts";
import { nodeOf } from "./observe.ts";
import type { Ports } from "./ports.ts";

export interface NodeWatchOptions {
  readonly config: Config;
  /** In [0, 1). */
  readonly random: () => number;
  /** Each is called once a loss, and not for one that is over at the first look. */
  readonly onLost: (node: string, why: Failure) => void;
  readonly onBack: (node: string) => void;
}

/** Looks at nodes that may be lost for a while. However many want to look at one, one asks for all of them. */
export class NodeWatch {
  readonly #ports: Pick<Ports, "engines" | "clock" | "signal">;
  readonly #options: NodeWatchOptions;
  readonly #looks = new Map<string, Promise<readonly ContainerFacts[]>>();
  readonly #lost = new Map<string, Loss>();

  constructor(ports: Pick<Ports, "engines" | "clock" | "signal">, options: NodeWatchOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  /** The nodes that are lost, and why. */
  get failures(): Failure[] {
    return [...this.#lost].map(([node, { error }]) => toFailure(error, { node }));
  }

  /** The reading of something on the node broke off; what is wrong with the node, the next look tells. */
  breakOff(node: string, cause: unknown): void {
    if (this.#lost.has(node)) return;
    const error = new PictlError("connection-lost", "The connection to the node, or to its Docker, ended.", { cause });
    this.#lost.set(node, { error, told: false });
  }

  /** All containers of the node, as soon as it answers. Rejects with interrupted and with what does not pass. */
  look(node: string): Promise<readonly ContainerFacts[]> {
    const begun = this.#looks.get(node);
    if (begun) return begun;
    const look = this.#untilAnswered(node).finally(() => this.#looks.delete(node));
    this.#looks.set(node, look);
    return look;
  }

  async #untilAnswered(node: string): Promise<readonly ContainerFacts[]> {
    const { engines, clock, signal } = this.#ports;
    for (let tries = 0; ; tries += 1) {
      try {
        const found = await (await engines.on(nodeOf(this.#options.config, node), signal)).containers();
        const loss = this.#find(node);
        if (loss?.told) this.#options.onBack(node);
        return found;
      } catch (error) {
        if (signal.aborted) throw error;
        if (!mayPass(error)) {
          this.#find(node);
          throw error;
        }
        if (this.#lost.get(node)?.told !== true) this.#options.onLost(node, toFailure(error, { node }));
        this.#lost.set(node, { error, told: true });
      }
      await clock.sleep(pauseMs(tries, this.#options.random()), signal);
    }
  }

  #find(node: string): Loss | undefined {
    const loss = this.#lost.get(node);
    this.#lost.delete(node);
    return loss;
  }
}

interface Loss {
  /** The latest one. */
  readonly error: unknown;
  readonly told: boolean;
}
