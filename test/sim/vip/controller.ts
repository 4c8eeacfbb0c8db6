import {
  afterOrder,
  decideVip,
  freeze,
  type OrderOutcome,
  tickMs,
  type VipDecision,
  type VipOrder,
} from "../../../src/domain/vip/decide.ts";
import type { CandidateFacts, VipFacts, VipSettings } from "../../../src/domain/vip/facts.ts";
import { withGranted, withRemoved } from "../../../src/domain/vip/facts.ts";
import type { Claim, ClaimAnswer } from "../../../src/domain/guard/claim.ts";
import { formatFrozen, parseFrozen } from "../../../src/domain/leadership/frozen.ts";
import type { LeadershipMemory } from "../../../src/domain/leadership/judge.ts";
import { recall, type VipMemory, wish } from "../../../src/domain/vip/memory.ts";
import { Leading } from "./leading.ts";
import { has, obey, type World } from "./world.ts";

/** What a controller keeps on its disk. */
export interface Disk {
  memory: VipMemory | undefined;
  leadership: LeadershipMemory;
}

interface Sample {
  readonly boot: number;
  readonly uptime: number;
  /** On the controller's clock, when the answer came: after the uptime was read. */
  readonly at: number;
}

const vip = "10.0.0.1";
const probeTimeoutMs = 1000;
/** A node that did not answer the last time is waited for so long. */
const silentPatienceMs = 300;
const orderTimeoutMs = 2000;

/** A controller process: the real decisions, with the simulated network in between. */
export class Controller {
  alive = true;
  /** Stopped by SIGSTOP until then; what it was about to do it does afterwards. */
  pausedUntil = 0;
  memory: VipMemory;
  readonly name: string;
  readonly #world: World;
  readonly #settings: VipSettings;
  readonly #disk: Disk;
  #leaving = false;
  readonly #samples = new Map<string, Sample>();
  readonly #leading: Leading;
  #silent: ReadonlySet<string> = new Set();

  constructor(name: string, world: World, settings: VipSettings, disk: Disk) {
    this.name = name;
    this.#world = world;
    this.#settings = settings;
    this.#disk = disk;
    this.memory = recall(settings, disk.memory, world.now);
    this.#leading = new Leading(disk.leadership, {
      nodes: [...world.nodes.keys()],
      // As `promiseMs` has it.
      ttlMs: settings.leaseMs + 10_000,
      now: () => world.now,
      random: () => world.dice.next(),
      later: (delay, run) => {
        this.#later(delay, run);
      },
      claim: (node, asked, answer) => {
        this.#ask(node, asked.timeoutMs, (target) => this.#claim(target, asked), answer);
      },
      save: (memory) => {
        disk.leadership = memory;
      },
    });
    this.#leading.begin(() => {
      this.#next(0);
    });
  }

  kill(): void {
    this.alive = false;
  }

  wish(to: string): void {
    this.#keep(wish(this.memory, { to }));
  }

  /** SIGTERM: when the tick in hand has ended, one more look, the lease is made permanent, and the process ends. */
  leave(): void {
    this.#leaving = true;
  }

  #freeze(): void {
    this.#observe((facts) => {
      const { memory, orders } = freeze(this.#settings, this.memory, facts);
      const end = (): void => {
        this.alive = false;
      };
      const [order] = orders;
      if (!order) {
        end();
        return;
      }
      this.#leading.freeze({ vip, node: order.node }, (may) => {
        if (!may) {
          end();
          return;
        }
        this.#keep(memory);
        this.#all(orders, facts, end);
      });
    });
  }

  #next(delay: number): void {
    this.#later(delay, () => {
      if (this.#leaving) this.#freeze();
      else this.#tick();
    });
  }

  /** Does something later, unless this process is dead by then; a stopped process does it when it goes on. */
  #later(delay: number, run: () => void): void {
    this.#world.at(delay, () => {
      if (!this.alive) return;
      if (this.#world.now < this.pausedUntil) this.#later(this.pausedUntil - this.#world.now, run);
      else run();
    });
  }

  #tick(): void {
    const startedAt = this.#world.now;
    this.#observe((facts) => {
      const first = this.#decide(facts);
      const removes = first.orders.filter((order) => order.do === "remove");
      const finish = (orders: readonly VipOrder[], known: VipFacts): void => {
        this.#all(orders, known, () => {
          this.#next(Math.max(0, startedAt + tickMs(this.#settings) - this.#world.now));
        });
      };
      if (removes.length === 0) {
        finish(first.orders, facts);
        return;
      }
      this.#all(removes, facts, (left) => {
        finish(
          this.#decide(left).orders.filter((order) => order.do === "grant"),
          left,
        );
      });
    });
  }

  /** As the daemon's authority does: a raise before this one has to be confirmed first. */
  #raise(then: (may: boolean) => void): void {
    if (this.#leading.raise()) then(true);
    else
      this.#leading.round(() => {
        then(this.#leading.raise());
      });
  }

  #claim(node: string, { epoch, owner, ttlMs: ttl, frozen }: Omit<Claim, "cluster">): ClaimAnswer {
    const sim = this.#node(node);
    const marks = frozen === undefined ? "" : formatFrozen(frozen);
    const said = sim.guard.claim(this.#world.now - sim.bootedAt, { epoch, owner, ttl, marks });
    if (typeof said === "string") throw new Error(said);
    return {
      claimed: said.claimed,
      epoch: said.epoch,
      owner: said.owner === "-" ? undefined : said.owner,
      leftMs: said.left,
      frozen: parseFrozen(said.marks),
      markedAt: said.markedAt,
      clock: { bootId: String(sim.guard.boot), uptimeMs: 0, at: this.#world.now },
    };
  }

  #decide(facts: VipFacts): VipDecision {
    const decision = decideVip(this.#settings, this.memory, facts);
    this.#keep(decision.memory);
    for (const event of decision.events) this.#world.say(() => `${this.name}: ${JSON.stringify(event)}`);
    return decision;
  }

  #keep(memory: VipMemory): void {
    this.memory = memory;
    this.#disk.memory = memory;
  }

  #observe(then: (facts: VipFacts) => void): void {
    const at = this.#world.now;
    const seen: Record<string, CandidateFacts> = {};
    const nodes = this.#settings.candidates.map(({ node }) => node);
    let open = nodes.length;
    const done = (node: string, facts: CandidateFacts): void => {
      if (seen[node]) return;
      seen[node] = facts;
      open -= 1;
      if (open > 0) return;
      this.#silent = new Set(nodes.filter((each) => seen[each]?.state !== "answers"));
      const held = Object.values(seen).some((each) => each.state === "answers" && each.holds !== null);
      const asks = Object.values(seen).some((each) => each.state === "answers" && each.carrier);
      const stillAnswered = held || !asks ? null : this.#answered(seen);
      this.#later(0, () => {
        const authority = {
          leader: this.#leading.role() === "leader",
          until: this.#leading.until(),
          frozen: this.#leading.frozen().map((mark) => mark.node),
        };
        then({ at, candidates: seen, stillAnswered, authority });
      });
    };
    for (const node of nodes) {
      this.#ask(
        node,
        this.#silent.has(node) ? silentPatienceMs : probeTimeoutMs,
        (target) => this.#probe(target),
        (answer) => {
          if (!answer) {
            done(node, { state: "silent" });
            return;
          }
          this.#samples.set(node, { ...answer.sample, at: this.#world.now });
          done(node, answer.facts);
        },
      );
    }
  }

  /** Candidates that answer hear everybody whose cable is plugged in and good. */
  #answered(seen: Readonly<Record<string, CandidateFacts>>): boolean {
    return this.#world.holders().some((name) => {
      const { carrier, unheard } = this.#node(name);
      return seen[name]?.state !== "answers" && carrier && !unheard;
    });
  }

  #probe(node: string): { sample: Omit<Sample, "at">; facts: CandidateFacts } {
    const sim = this.#node(node);
    const now = this.#world.now;
    return {
      sample: { boot: sim.guard.boot, uptime: now - sim.bootedAt },
      facts: {
        state: "answers",
        device: true,
        carrier: sim.carrier,
        holds: has(sim, now)
          ? { secondsLeft: sim.addressUntil === Infinity ? null : Math.ceil(((sim.addressUntil ?? now) - now) / 1000) }
          : null,
        reaches: {},
      },
    };
  }

  /** Sends a question; `answer` gets undefined when none came in time. What arrives late is done all the same. */
  #ask<T>(node: string, timeoutMs: number, work: (node: string) => T, answer: (value: T | undefined) => void): void {
    let open = true;
    const settle = (value: T | undefined): void => {
      if (!open) return;
      open = false;
      answer(value);
    };
    this.#later(timeoutMs, () => {
      settle(undefined);
    });
    const { boot } = this.#node(node).guard;
    this.#world.send(this.name, node, () => {
      const sim = this.#node(node);
      // A connection does not outlive its node.
      if (!sim.up || sim.guard.boot !== boot) return;
      const value = work(node);
      this.#world.send(node, this.name, () => {
        this.#later(0, () => {
          settle(value);
        });
      });
    });
  }

  /** Carries out orders at once, `then` with what was confirmed of them; none when they are to be fenced and cannot be. */
  #all(orders: readonly VipOrder[], facts: VipFacts, then: (confirmed: VipFacts) => void): void {
    let open = orders.length;
    let confirmed = facts;
    const carryOut = (): void => {
      for (const order of orders) {
        this.#carryOut(order, (outcome) => {
          this.#keep(afterOrder(this.memory, order, outcome).memory);
          if (outcome === "done") confirmed = this.#confirm(order, confirmed);
          open -= 1;
          if (open === 0) then(confirmed);
        });
      }
    };
    if (open === 0) then(facts);
    else if (!orders.some((order) => order.fence)) carryOut();
    else
      this.#raise((may) => {
        if (may) carryOut();
        else then(facts);
      });
  }

  #confirm({ node, ...order }: VipOrder, facts: VipFacts): VipFacts {
    const after = order.do === "remove" ? withRemoved(facts, node) : withGranted(facts, node, order.leaseMs);
    if (facts.authority.frozen.includes(node) && !after.authority.frozen.includes(node)) {
      this.#leading.thaw({ vip, node });
    }
    return after;
  }

  #carryOut(order: VipOrder, then: (outcome: OrderOutcome) => void): void {
    const { node } = order;
    const sample = this.#samples.get(node);
    if (!sample) {
      then("refused");
      return;
    }
    // A stopped process may wake up between its decision and the sending.
    if (!this.#world.quiet && this.#world.dice.chance(0.02))
      this.pausedUntil = this.#world.now + this.#world.dice.between(0, 30_000);
    this.#later(0, () => {
      const endsAt =
        order.do === "grant" ? (order.endsAt ?? this.#world.now + orderTimeoutMs) : this.#world.now + orderTimeoutMs;
      const age = this.#world.now - sample.at;
      const deadline = sample.uptime + (endsAt - sample.at) - 0.0005 * (age + this.#settings.leaseMs);
      const stamp = { boot: sample.boot, deadline, fence: this.#leading.fence() };
      const what =
        order.do === "grant" ? { do: "grant" as const, forever: order.leaseMs === null } : { do: "remove" as const };
      if (order.do === "grant") this.#world.givers.add(this.name);
      this.#world.say(() => `${this.name}: ${order.do} ${node} epoch ${String(stamp.fence.epoch)}`);
      this.#ask(
        node,
        orderTimeoutMs,
        (target) => {
          const outcome = obey(this.#world, this.#node(target), stamp, what);
          this.#world.say(() => `${target}: ${order.do} ${outcome}`);
          return outcome;
        },
        (outcome) => {
          then(outcome ?? "unknown");
        },
      );
    });
  }

  #node(name: string) {
    const node = this.#world.nodes.get(name);
    if (!node) throw new Error(`no node ${name}`);
    return node;
  }
}
