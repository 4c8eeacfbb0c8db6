import { controller, type Machine } from "./network.ts";
import type { Timeline } from "./timeline.ts";

/** Kills the process at the `after`-th call of a port whose name fits, before or after the call did its work. */
export interface Crash {
  readonly what: RegExp;
  after: number;
  readonly side: "before" | "after";
}

export interface Answer<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

const upForMs = 1e9;

/**
 * A process on a controller. What wakes it (an answer, a timer) reaches it only while it runs: one that is stopped
 * gets all of it at once when it goes on, timers first as in Node's event loop, and a dead one never; its promises stay
 * open for ever, which is what a `kill -9` looks like from inside.
 */
export class Process {
  readonly name: string;
  readonly machine: Machine;
  /** Called when it dies, by whatever. */
  readonly onDeath: (() => void)[] = [];
  crash: Crash | undefined;
  state: "running" | "stopped" | "dead" = "running";
  readonly #lines = new Set<{ readonly line: string }>();
  readonly #timeline: Timeline;
  readonly #startedAt: number;
  #held: { readonly timer: boolean; readonly what: () => void }[] = [];
  #stoppedAt = 0;
  #longestStop = 0;

  constructor(name: string, timeline: Timeline, machine: Machine = controller) {
    this.name = name;
    this.machine = machine;
    this.#timeline = timeline;
    this.#startedAt = timeline.now;
  }

  /** Of a machine that runs for some days, so that what is measured wrongly shows. */
  monotonic(): number {
    return upForMs + this.#timeline.now - this.#startedAt;
  }

  wake(what: () => void, timer = false): void {
    if (this.state === "dead") return;
    if (this.state === "stopped") {
      this.#held.push({ timer, what });
      return;
    }
    this.#timeline.woke();
    what();
  }

  timer(ms: number, what: () => void): () => void {
    return this.#timeline.after(ms, () => {
      this.wake(what, true);
    });
  }

  /** A call of a port: each is a place where the process may die. */
  ask<T>(what: string, begin: (answer: Answer<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.state === "dead" || this.#dies(what, "before")) return;
      let open = true;
      const once =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          if (!open) return;
          open = false;
          this.wake(() => {
            if (!this.#dies(what, "after")) settle(value);
          });
        };
      begin({ resolve: once(resolve), reject: once(reject) });
    });
  }

  #dies(what: string, side: Crash["side"]): boolean {
    const { crash } = this;
    if (crash?.side !== side || !crash.what.test(what) || --crash.after > 0) return false;
    this.kill();
    return true;
  }

  /** A line of the progress, until the function returned is called: by then each must have ended, once. */
  begins(line: string): () => void {
    const own = { line };
    this.#lines.add(own);
    return () => {
      if (!this.#lines.delete(own)) throw new RangeError(`${line} has ended twice`);
    };
  }

  /** The lines of its progress that have not ended. */
  shown(): readonly string[] {
    return [...this.#lines].map(({ line }) => line);
  }

  kill(): void {
    if (this.state === "dead") return;
    this.state = "dead";
    this.#held = [];
    for (const listener of this.onDeath) listener();
  }

  stop(): void {
    if (this.state !== "running") return;
    this.state = "stopped";
    this.#stoppedAt = this.#timeline.now;
  }

  go(): void {
    if (this.state !== "stopped") return;
    this.state = "running";
    this.#longestStop = Math.max(this.#longestStop, this.#timeline.now - this.#stoppedAt);
    const held = this.#held;
    this.#held = [];
    // One after the other, each with what follows from it.
    [...held.filter((each) => each.timer), ...held.filter((each) => !each.timer)].forEach(({ what }, index) => {
      this.#timeline.after(index / 1000, () => {
        this.wake(what);
      });
    });
  }

  /** As the daemon's StallWatch. */
  stood(limitMs: number): boolean {
    const stood = this.#longestStop > limitMs;
    this.#longestStop = 0;
    return stood;
  }
}
