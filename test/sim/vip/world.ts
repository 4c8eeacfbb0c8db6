import type { Fence } from "../../../src/domain/guard/command.ts";
import { safety } from "../../../src/domain/safety.ts";
import { GuardModel } from "../../support/guard-model.ts";
import type { Dice } from "./random.ts";

/**
 * Nodes, their kernels and the network between them and controllers, under a clock of its own. A message that is sent
 * into a cut line waits there and arrives when the line heals, whoever has given up on it: as TCP does.
 */
export class World {
  now = 0;
  /** No more faults. */
  quiet = false;
  readonly nodes = new Map<string, SimNode>();
  readonly trace: string[] = [];
  /** Controllers that have given the address to a node. */
  readonly givers = new Set<string>();
  readonly #events: { at: number; order: number; run: () => void }[] = [];
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #cuts = new Set<string>();
  #order = 0;
  readonly dice: Dice;
  readonly tracing: boolean;

  constructor(dice: Dice, names: readonly string[], tracing: boolean) {
    this.dice = dice;
    this.tracing = tracing;
    for (const name of names) this.nodes.set(name, newNode(name));
  }

  at(delay: number, run: () => void): void {
    this.#order += 1;
    const event = { at: this.now + delay, order: this.#order, run };
    let index = this.#events.length;
    while (index > 0 && isLater(this.#events[index - 1], event)) index -= 1;
    this.#events.splice(index, 0, event);
  }

  /** Runs everything until a time; `check` after each step. */
  run(until: number, check: () => void): void {
    for (;;) {
      const next = this.#events[0];
      if (!next || next.at > until) break;
      this.#events.shift();
      this.now = next.at;
      next.run();
      check();
    }
    this.now = until;
  }

  say(line: () => string): void {
    if (this.tracing) this.trace.push(`${(this.now / 1000).toFixed(3).padStart(9)}  ${line()}`);
  }

  cut(from: string, to: string): void {
    this.#cuts.add(`${from} ${to}`);
    this.say(() => `cut ${from} → ${to}`);
  }

  heal(from: string, to: string): void {
    const line = `${from} ${to}`;
    if (!this.#cuts.delete(line)) return;
    this.say(() => `heal ${from} → ${to}`);
    for (const deliver of this.#waiting.get(line) ?? []) {
      // TCP tries again at growing intervals.
      this.at(this.dice.between(10, 6000), deliver);
    }
    this.#waiting.delete(line);
  }

  send(from: string, to: string, deliver: () => void): void {
    const line = `${from} ${to}`;
    this.at(!this.quiet && this.dice.chance(0.05) ? this.dice.between(100, 3000) : this.dice.between(1, 30), () => {
      if (!this.#cuts.has(line)) deliver();
      else this.#waiting.set(line, [...(this.#waiting.get(line) ?? []), deliver]);
    });
  }

  /** Who has the address now. */
  holders(): readonly string[] {
    return [...this.nodes.values()].filter((node) => node.up && has(node, this.now)).map((node) => node.name);
  }
}

export interface SimNode {
  readonly name: string;
  readonly guard: GuardModel;
  up: boolean;
  bootedAt: number;
  carrier: boolean;
  /** Its neighbours do not hear it either. */
  unheard: boolean;
  /** When the kernel takes the address away; undefined: it is not there. */
  addressUntil: number | undefined;
}

function newNode(name: string): SimNode {
  return {
    name,
    guard: new GuardModel(),
    up: true,
    bootedAt: -1_000_000,
    carrier: true,
    unheard: false,
    addressUntil: undefined,
  };
}

export function has(node: SimNode, now: number): boolean {
  return node.addressUntil !== undefined && now < node.addressUntil;
}

export interface Stamp {
  readonly boot: number;
  /** On the node's clock, ms. */
  readonly deadline: number;
  readonly fence: Fence;
}

/** What `ip address` does behind templates/guard.sh. */
export function obey(
  world: World,
  node: SimNode,
  stamp: Stamp,
  order: { readonly do: "remove" } | { readonly do: "grant"; readonly forever: boolean },
): "done" | "refused" {
  const uptime = world.now - node.bootedAt;
  const verdict = node.guard.run(uptime, {
    boot: stamp.boot,
    ...(safety.deadline ? { deadline: stamp.deadline } : {}),
    fence: safety.epoch ? stamp.fence : undefined,
  });
  if (verdict !== "run") return "refused";
  if (order.do === "remove") {
    node.addressUntil = undefined;
    return "done";
  }
  if (order.forever) {
    node.addressUntil = Infinity;
    return "done";
  }
  // Without the deadline a lease is what was asked for, counted from when it happens to arrive.
  const seconds = Math.floor((safety.deadline ? stamp.deadline - uptime : relativeLeaseMs) / 1000);
  if (seconds < 1) return "refused";
  node.addressUntil = world.now + seconds * 1000 + kernelLateness(world.dice);
  return "done";
}

/** As measured: mostly on time, sometimes two seconds late, a hair too early at the most. */
function kernelLateness(dice: Dice): number {
  return dice.chance(0.3) ? dice.between(1000, 2030) : dice.between(-20, 500);
}

/** What a lease without a deadline of its own would say. */
const relativeLeaseMs = 6000;

function isLater(a: { at: number; order: number } | undefined, b: { at: number; order: number }): boolean {
  return a !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order));
}
