import type { Leadership } from "../../../src/app/leadership/index.ts";
import { runDaemon } from "../../../src/daemon/index.ts";
import type { StateFile } from "../../../src/app/ports.ts";
import type { Disk } from "../disk.ts";
import { openSimLeadership } from "../leadership.ts";
import { openPorts } from "../ports.ts";
import { Process } from "../process.ts";
import { disk, durableFile } from "../state.ts";
import type { World } from "../world.ts";

/** `pictl daemon` on one machine: the real one, in a process that may be stopped and killed. */
export class Controller {
  readonly process: Process;
  readonly pid: number;
  readonly #world: World;
  readonly #leave = new AbortController();

  constructor(
    world: World,
    machine: string,
    options: { readonly pid: number; readonly onBug: (error: unknown) => void },
  ) {
    this.#world = world;
    this.pid = options.pid;
    this.process = new Process(machine, world.timeline, machine);
    world.say(machine, "starts");
    this.process.wake(() => {
      this.#live().catch(options.onBug);
    });
  }

  get #disk(): Disk {
    return this.#world.disk(this.process.machine);
  }

  /** SIGTERM. */
  terminate(): void {
    this.process.wake(() => {
      this.#leave.abort(new Error("SIGTERM"));
    });
  }

  /** `pictl vip move`. */
  wish(ip: string, to: string): void {
    this.#disk.requests.set(ip, { id: String(this.#world.timeline.now), wish: { to }, daemon: this.pid });
  }

  async #live(): Promise<void> {
    const { process } = this;
    const own = this.#disk;
    const work = new AbortController();
    const { ports, store } = openPorts(this.#world, process, {
      signal: work.signal,
      who: `root@${process.machine}`,
      cause: "pictl daemon",
      fence: () => leadership.fence(),
    });
    const { config } = await store.read();
    const leadership: Leadership = await openSimLeadership(this.#world, process, ports);
    await runDaemon(ports, {
      beside: [],
      config,
      store,
      leadership,
      state: { read: async () => undefined, write: async () => undefined },
      vip: {
        state: (ip) =>
          this.#file("the address", { read: () => own.vips.get(ip), write: (value) => own.vips.set(ip, value) }),
        requests: {
          leave: async (ip, request) => void own.requests.set(ip, request),
          // Four times a second: as cheap as can be.
          read: async (ip) => own.requests.get(ip),
          withdraw: (ip) => disk(process, "withdraw the request", () => void own.requests.delete(ip)),
          reply: (ip, reply) => disk(process, "reply", () => void own.replies.set(ip, reply)),
          readReply: async (ip) => own.replies.get(ip),
        },
      },
      env: {},
      identity: { pid: this.pid, configPath: store.path, version: "" },
      leave: this.#leave.signal,
      wake: () => undefined,
      stalls: { stood: (limitMs) => process.stood(limitMs), stop: () => undefined },
      catchUp: () => Promise.resolve(),
      abandon: (reason) => {
        work.abort(reason);
      },
    });
    this.process.kill();
  }

  #file<T>(
    name: string,
    access: { readonly read: () => T | undefined; readonly write: (value: T) => void },
  ): StateFile<T> {
    return durableFile(this.#world, this.process, name, access);
  }
}
