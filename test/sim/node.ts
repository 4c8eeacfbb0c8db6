import { probeCommand } from "../../src/domain/node/probe.ts";
import type { Command } from "../../src/domain/shell.ts";
import { parseDocker } from "./docker-words.ts";
import { type DockerWorld, SimDocker } from "./docker.ts";
import { SimLocks } from "./locks.ts";
import type { Network } from "./network.ts";

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine with sshd and Docker. */
export class SimNode {
  readonly name: string;
  readonly docker: SimDocker;
  readonly locks = new SimLocks();
  on = true;
  /** sshd lets nobody in. */
  refuses = false;
  /** The greatest epoch of a daemon that it obeyed. */
  epoch = 0;
  #boot = 1;
  #bootedAt: number;
  readonly #world: DockerWorld;
  readonly #network: Network;

  constructor(name: string, world: DockerWorld, network: Network) {
    this.name = name;
    this.docker = new SimDocker(world);
    this.#world = world;
    this.#network = network;
    this.#bootedAt = world.timeline.now - 1_000_000;
  }

  get bootId(): string {
    return `${this.name}-boot-${String(this.#boot)}`;
  }

  uptimeMs(): number {
    return this.#world.timeline.now - this.#bootedAt;
  }

  powerOff(): void {
    if (!this.on) return;
    this.on = false;
    this.docker.end(true);
    this.locks.clear();
    this.#world.changed("has no power", "world");
  }

  powerOn(): void {
    if (this.on) return;
    this.on = true;
    this.#boot++;
    this.#bootedAt = this.#world.timeline.now;
    this.docker.begin();
  }

  /** A command that arrived here, until it ends. */
  execute(command: Command, done: (said: Said) => void): void {
    const boot = this.#boot;
    const said = (code: number, stdout = "", stderr = ""): void => {
      if (this.on && this.#boot === boot) done({ code, stdout, stderr });
    };
    // What it measures is left open: one host is then as good as another.
    if (command === probeCommand) {
      said(0);
      return;
    }
    if (command.kind !== "words") throw new RangeError("the simulated node knows no such script");
    const { words } = command;
    const text = words.join(" ");
    if (text === "cat /proc/sys/kernel/random/boot_id") said(0, `${this.bootId}\n`);
    else if (words[0] === "ping") this.#ping(words.at(-1) ?? "", Number(words[4]) * 1000, said);
    else {
      this.docker.command(parseDocker(words), ({ code, stderr }) => {
        said(code, "", stderr);
      });
    }
  }

  #ping(address: string, waitMs: number, said: (code: number) => void): void {
    const { timeline } = this.#world;
    const rtt = this.#network.delay(this.name, address) + this.#network.delay(address, this.name);
    const answered = this.#network.reaches(this.name, address) && rtt < waitMs;
    timeline.after(answered ? rtt : waitMs, () => {
      said(answered ? 0 : 1);
    });
  }
}
