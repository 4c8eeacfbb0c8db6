import { type Heartbeat, openHeartbeat, type Round } from "../../src/app/heartbeat/index.ts";
import type { ConfigStore, HeartbeatPorts } from "../../src/app/ports.ts";
import type { Config } from "../../src/domain/config/types.ts";
import { beat } from "../../src/daemon/heart.ts";
import { watchConfig } from "../../src/daemon/watch.ts";
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
      readonly onRound: (round: Round, config: Config, stalled: boolean) => void;
      readonly onBug: (error: unknown) => void;
    },
  ) {
    this.#world = world;
    this.#onRound = options.onRound;
    this.process = new Process("daemon", world.timeline);
    world.say("daemon", "starts");
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
    });
    const config = await store.read().then(
      (loaded) => loaded.config,
      () => undefined,
    );
    // A broken config is no start.
    if (config) await this.#watch(ports, store, config);
    this.process.kill();
  }

  async #watch(ports: HeartbeatPorts, store: ConfigStore, first: Config): Promise<void> {
    const watch = watchConfig(store, first, async (change) => {
      this.#world.say("daemon", `! ${change.type} ${change.error ?? ""}`);
    });
    const heartbeat = openHeartbeat(ports, { store: watch.store, counts: "anew" });
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
      mayDo: () => "everything",
      onTurn: () => undefined,
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
