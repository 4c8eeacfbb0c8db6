import { type Heartbeat, openHeartbeat, type Round } from "../../src/app/heartbeat/index.ts";
import { type Leadership, mayDo } from "../../src/app/leadership/index.ts";
import type { ConfigStore, HeartbeatPorts, VipPorts } from "../../src/app/ports.ts";
import type { Config } from "../../src/domain/config/types.ts";
import { beat } from "../../src/daemon/heart.ts";
import { startLeading } from "../../src/daemon/leader.ts";
import { watchConfig } from "../../src/daemon/watch.ts";
import { openSimLeadership } from "./leadership.ts";
import { controller, type Machine } from "./network.ts";
import { openPorts } from "./ports.ts";
import { Process } from "./process.ts";
import type { World } from "./world.ts";

/** As src/daemon/index.ts: how long what is in hand may take to end, and then to undo itself. */
const finishMs = 6000;
const undoMs = 3000;

/** `pictl daemon`: the real loop in a process that may be stopped and killed. */
export class SimDaemon {
  readonly process: Process;
  /** What the last round saw and began. */
  lastRound: Round | undefined;
  readonly #world: World;
  readonly #leave = new AbortController();
  readonly #work = new AbortController();
  readonly #onRound: (round: Round, config: Config, stalled: boolean) => void;

  constructor(
    world: World,
    options: {
      /** Where it runs; the first controller if nothing is said. */
      readonly machine?: Machine;
      readonly onRound: (round: Round, config: Config, stalled: boolean) => void;
      readonly onBug: (error: unknown) => void;
    },
  ) {
    this.#world = world;
    this.#onRound = options.onRound;
    const { machine = controller } = options;
    this.process = new Process(machine === controller ? "daemon" : machine, world.timeline, machine);
    world.say(this.process.name, "starts");
    this.process.wake(() => {
      this.#live().catch(options.onBug);
    });
  }

  /** SIGTERM. */
  terminate(): void {
    this.process.wake(() => {
      this.#leave.abort(new Error("SIGTERM"));
    });
  }

  async #live(): Promise<void> {
    const { ports, store } = openPorts(this.#world, this.process, {
      signal: this.#work.signal,
      who: "root@controller",
      cause: "pictl daemon",
      fence: () => leadership?.fence(),
    });
    // Of one daemon it is known who leads.
    const leadership =
      this.#world.disks.size > 1 ? await openSimLeadership(this.#world, this.process, ports) : undefined;
    const config = await store.read().then(
      (loaded) => loaded.config,
      () => undefined,
    );
    // A broken config is no start.
    if (config) await this.#watch(ports, { store, first: config, leadership });
    this.process.kill();
  }

  async #watch(
    ports: HeartbeatPorts & VipPorts,
    { store, first, leadership }: { store: ConfigStore; first: Config; leadership: Leadership | undefined },
  ): Promise<void> {
    const watch = watchConfig(store, first, async (change) => {
      this.#world.say(this.process.name, `! ${change.type} ${change.error ?? ""}`);
    });
    let config = first;
    const heartbeat = openHeartbeat(ports, {
      store: watch.store,
      counts: "anew",
      ...(leadership
        ? {
            place: (placed) => leadership.place(config, placed),
            lease: (what) => leadership.lease(what),
            leave: () => leadership.behind()?.gone ?? [],
          }
        : {}),
    });
    if (leadership) {
      const onConfig = (current: Config): void => {
        config = current;
      };
      await startLeading(
        { ...ports, nodes: ports.vipNodes, counters: heartbeat },
        {
          leadership,
          leave: this.#leave.signal,
          store: watch.store,
          config: () => config,
          onConfig,
        },
      );
    }
    let stalled = false;
    const stood = (limitMs: number): boolean => {
      const did = this.process.stood(limitMs);
      stalled ||= did;
      return did;
    };
    await beat({
      heartbeat,
      clock: ports.clock,
      random: ports.random,
      stalls: { stood, stop: () => undefined },
      leave: this.#leave.signal,
      wake: () => undefined,
      config: () => watch.refresh(),
      configProblem: () => watch.broken(),
      mayDo: (current) => (leadership ? mayDo(leadership, current) : "everything"),
      onTurn: (current) => {
        config = current;
      },
      onRound: async (round, config) => {
        this.lastRound = round;
        this.#onRound(round, config, stalled);
        stalled = false;
      },
    });
    await this.#comeToRest(ports, heartbeat);
  }

  async #comeToRest(ports: HeartbeatPorts, heartbeat: Heartbeat): Promise<void> {
    const within = async (ms: number): Promise<boolean> =>
      Promise.race([heartbeat.settled().then(() => true), ports.clock.sleep(ms).then(() => false)]);
    if (await within(finishMs)) return;
    this.#work.abort(new Error("the daemon leaves"));
    await within(undoMs);
  }
}
