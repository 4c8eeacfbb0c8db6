import type { Config } from "../../domain/config/types.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { mayPass, pauseMs } from "../../domain/logs/follow.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";

export interface NodeWatchOptions {
  readonly config: Config;
  /** In [0, 1). */
  readonly random: () => number;
  /** Each is called once a loss, and not for one that is over at the first look. */
  readonly onLost: (node: string, why: Failure) => void;
  readonly onBack: (node: string) => void;
}

/**
 * Looks at nodes that may be lost for a while, the less often the longer they are. However many want to look at one, one
 * asks for all of them.
 */
export class NodeWatch {
  readonly #ports: Pick<Ports, "engines" | "clock" | "signal">;
  readonly #options: NodeWatchOptions;
  readonly #looks = new Map<string, Promise<readonly ContainerFacts[] | undefined>>();
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
    this.#lost.set(node, { error, tries: 0 });
  }

  /**
   * All containers of the node; undefined when it does not answer, which the next look tries again. Rejects with
   * interrupted and with what does not pass.
   */
  look(node: string): Promise<readonly ContainerFacts[] | undefined> {
    const begun = this.#looks.get(node);
    if (begun) return begun;
    const look = this.#ask(node).finally(() => this.#looks.delete(node));
    this.#looks.set(node, look);
    return look;
  }

  async #ask(node: string): Promise<readonly ContainerFacts[] | undefined> {
    const { engines, clock, signal } = this.#ports;
    const tries = this.#lost.get(node)?.tries ?? 0;
    if (tries > 0) await clock.sleep(pauseMs(tries - 1, this.#options.random()), signal);
    try {
      const found = await (await engines.on(nodeOf(this.#options.config, node), signal)).containers();
      if (this.#find(node)?.tries) this.#options.onBack(node);
      return found;
    } catch (error) {
      if (signal.aborted) throw error;
      if (!mayPass(error)) {
        this.#find(node);
        throw error;
      }
      if (tries === 0) this.#options.onLost(node, toFailure(error, { node }));
      this.#lost.set(node, { error, tries: tries + 1 });
      return undefined;
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
  /** Looks in vain; it was told with the first one. */
  readonly tries: number;
}
