import { build, buildOnNode } from "../../src/domain/docker/client/build-command.ts";
import { awaitMaking, createVolume } from "../../src/domain/docker/client/commands.ts";
import { countersCommand } from "../../src/domain/docker/engine/cgroup-counters.ts";
import { probeCommand } from "../../src/domain/node/probe.ts";
import { keepScript, recallScript } from "../../src/domain/leadership/shared.ts";
import type { Command } from "../../src/domain/shell.ts";
import { GuardModel } from "../support/guard-model.ts";
import { SimAddress } from "./address.ts";
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
  /** It cannot write down whom it obeys: it does nothing that it is ordered, and is looked at as ever. */
  stubborn = false;
  /** What its kernel says of what containers use (`countersCommand`). */
  counters = "";
  /** What it keeps for leaders. */
  shared = "";
  /** Whom it obeys, and has promised to. */
  readonly guard = new GuardModel();
  /** What a login that cannot become root has promised, in its own home. */
  readonly ownGuard = new GuardModel();
  readonly address: SimAddress;
  #boot = 1;
  #bootedAt: number;
  readonly #world: DockerWorld;
  readonly #network: Network;

  constructor(
    name: string,
    world: DockerWorld,
    { network, answered }: { readonly network: Network; readonly answered: () => boolean },
  ) {
    this.name = name;
    this.docker = new SimDocker(world);
    this.#world = world;
    this.#network = network;
    this.#bootedAt = world.timeline.now - 1_000_000;
    this.address = new SimAddress({ ...world, uptimeMs: () => this.uptimeMs(), answered });
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
    this.address.powerOff();
    this.#world.changed("has no power", "world");
  }

  /** All that is in /run/pictl is gone, in the same boot: what has been promised counts anew. */
  forget(): void {
    this.guard.forget();
    this.address.forget();
  }

  powerOn(): void {
    if (this.on) return;
    this.on = true;
    this.#boot++;
    this.guard.reboot();
    this.ownGuard.reboot();
    this.#bootedAt = this.#world.timeline.now;
    this.docker.begin();
  }

  /**
   * A command that arrived here, until it ends. `deadlineMs`: what the guard tells it, on the node's own clock. `guard`: the
   * memory of who has logged in.
   */
  execute(
    command: Command,
    done: (said: Said) => void,
    {
      deadlineMs = Infinity,
      stdin = "",
      guard = this.guard,
    }: { readonly deadlineMs?: number | undefined; readonly stdin?: string; readonly guard?: GuardModel } = {},
  ): void {
    const boot = this.#boot;
    const said = (code: number, stdout = "", stderr = ""): void => {
      if (this.on && this.#boot === boot) done({ code, stdout, stderr });
    };
    // What it measures is left open: one host is then as good as another.
    if (command === probeCommand) {
      said(0);
      return;
    }
    if (command.kind === "script" && command.text === countersText) {
      said(0, this.counters);
      return;
    }
    if (command.kind === "script" && command.text === "guard.sh") {
      const answer = this.#claim(guard, command.args);
      said(answer === undefined ? 180 : 0, answer);
      return;
    }
    if (command.kind === "script" && command.text === "vip.sh") {
      this.address.execute(command.args, deadlineMs, said);
      return;
    }
    if (command.kind === "script" && (command.text === keepScript || command.text === recallScript)) {
      if (command.text === keepScript) this.shared = stdin;
      said(0, command.text === keepScript ? "" : this.shared);
      return;
    }
    // All that the guard before it has written down was wanted.
    if (command.kind === "script" && command.text === ":") {
      said(0);
      return;
    }
    if (command.kind === "script" && command.text === createVolumeText) {
      const [name = "", ...options] = command.args;
      this.docker.createVolume(name, labelsAmong(options));
      said(0);
      return;
    }
    if (command.kind === "script" && command.text === makingText) {
      this.#awaitMaking(command.args, said);
      return;
    }
    const isBuild = command.kind === "script" && command.text === buildText;
    if (command.kind !== "words" && !isBuild) throw new RangeError("the simulated node knows no such script");
    // The image's name comes before the words of the build.
    const words = command.kind === "words" ? command.words : command.args.slice(1);
    const text = words.join(" ");
    if (text === "cat /proc/sys/kernel/random/boot_id") said(0, `${this.bootId}\n`);
    else if (text.startsWith("docker image inspect ")) {
      const image = this.docker.images.get(words.at(-1) ?? "");
      if (image) said(0, `${image.id} ${String(image.sizeBytes)}\n`);
      else said(1, "", `Error: No such image: ${words.at(-1) ?? ""}`);
    } else if (words[0] === "ping") this.#ping(words.at(-1) ?? "", Number(words[4]) * 1000, said);
    else {
      this.docker.command(parseDocker(words), ({ code, stderr }) => {
        said(code, "", stderr);
      });
    }
  }

  /** `guard.sh claim`: what it prints; undefined when it comes late. */
  #claim(
    guard: GuardModel,
    [, , , bootId, deadline, epoch, owner = "", ttl, marks = "", electorate = ""]: readonly string[],
  ): string | undefined {
    if (this.stubborn || (bootId !== "" && bootId !== this.bootId)) return undefined;
    const said = guard.claim(this.uptimeMs(), {
      epoch: Number(epoch),
      owner,
      ttl: 10 * Number(ttl),
      marks,
      electorate,
      ...(deadline ? { deadline: 10 * Number(deadline) } : {}),
    });
    if (typeof said === "string") return undefined;
    const { claimed, epoch: stored, owner: holder, left, markedAt, marks: known } = said;
    const uptime = Math.floor(this.uptimeMs() / 10);
    const words = [claimed ? "claimed" : "refused", stored, holder, Math.floor(left / 10), 0, uptime, markedAt, known];
    return `${words.join(" ")}\n`;
  }

  /** Looks every 0.2 s, as the command does. */
  #awaitMaking([pattern = "", tries = ""]: readonly string[], said: (code: number) => void): void {
    const [, label = "", first = "", rest = ""] = /^(.*)=\[(.)\](\d*)/.exec(pattern) ?? [];
    const look = (left: number): void => {
      const isMaking = this.docker.isMaking(label, `${first}${rest}`);
      if (isMaking && left > 0)
        this.#world.timeline.after(200, () => {
          look(left - 1);
        });
      else said(isMaking ? 75 : 0);
    };
    look(Number(tries));
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

const { text: countersText } = countersCommand("all", 2) as Extract<Command, { kind: "script" }>;
export const { text: buildText } = buildOnNode(
  build({ image: "", context: undefined, folder: "", noCache: false, pull: false }),
  "",
) as Extract<Command, { kind: "script" }>;
const { text: makingText } = awaitMaking(0, 0) as Extract<Command, { kind: "script" }>;
const { text: createVolumeText } = createVolume("") as Extract<Command, { kind: "script" }>;

/** Of `--label KEY=VALUE …`. */
function labelsAmong(options: readonly string[]): Readonly<Record<string, string>> {
  const pairs = options.filter((_, index) => options[index - 1] === "--label").map((each) => each.split("="));
  return Object.fromEntries(pairs.map(([key = "", ...value]) => [key, value.join("=")]));
}
