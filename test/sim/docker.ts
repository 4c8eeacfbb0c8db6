import { isOurs } from "../../src/domain/container/copies/ownership.ts";
import { labels } from "../../src/domain/docker/labels.ts";
import type { ContainerFacts, ImageFacts, StopMark } from "../../src/domain/docker/facts.ts";
import { comesBack, factsOf, type SimContainer } from "./containers.ts";
import type { DockerChange } from "./docker-words.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** How a docker command ended. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

export interface DockerWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly cluster: string;
  /** How a container does on this node. */
  readonly behaviour: (container: SimContainer) => "well" | "crashes";
  /** No image can be pulled or built now. */
  readonly noImages: () => boolean;
  /** Told after each change. */
  readonly changed: (what: string, by: "pictl" | "world") => void;
  /** Told before a change by a command, with the container that it is about. */
  readonly touches: (change: DockerChange, target: SimContainer | undefined) => void;
  readonly wallMs: () => number;
}

type Done = (ended: Ended) => void;

const noDaemon = { code: 1, stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." };

/** One node's Docker: what is on its disk, and what its daemon does about commands. */
export class SimDocker {
  state: "running" | "stopped" | "hung" = "running";
  readonly containers = new Map<string, SimContainer>();
  readonly images = new Map<string, ImageFacts>();
  /** By the name of the volume that bears it. */
  readonly marks = new Map<string, StopMark>();
  readonly #world: DockerWorld;
  #ids = 0;
  /** Grows when the daemon ends: what was in hand then is never done. */
  #life = 0;
  #hanging: (() => void)[] = [];
  /** What each client that waits is told when the daemon ends, and what it wants. */
  readonly #inHand = new Map<() => void, DockerChange>();
  #wasRunning = new Set<string>();
  #killed = false;

  constructor(world: DockerWorld) {
    this.#world = world;
  }

  facts(): ContainerFacts[] {
    return [...this.containers.values()].map(factsOf);
  }

  find(nameOrId: string): SimContainer | undefined {
    return this.containers.get(nameOrId) ?? [...this.containers.values()].find((each) => each.name === nameOrId);
  }

  /** A container that is there when the history begins. */
  add(container: Omit<SimContainer, "id">): SimContainer {
    const id = `${String(++this.#ids).padStart(4, "0")}${this.#world.random.whole(0x1000_0000, 0xffff_ffff).toString(16)}`;
    const added = { ...container, id };
    this.containers.set(id, added);
    return added;
  }

  /** Returns its id. */
  addImage(tag: string, labels: Readonly<Record<string, string>> = {}): string {
    const name = tag.includes(":") ? tag : `${tag}:latest`;
    const id = `sha256:${name}`;
    this.images.set(name, { id, tags: [name], digests: [], sizeBytes: 1, createdAt: 0, labels });
    return id;
  }

  /** `answer` is called when the daemon answers: never while it hangs. */
  ask(answer: () => void): void {
    if (this.state === "hung") this.#hanging.push(answer);
    else answer();
  }

  /** `docker volume create`: the one kind of volume that decides something. */
  createVolume(name: string, own: Readonly<Record<string, string>>): void {
    const id = own[labels.stopped];
    if (id === undefined) return;
    const [container = "", cluster = "", by = "", at = ""] = [
      labels.container,
      labels.cluster,
      labels.stoppedBy,
      labels.stoppedAt,
    ].map((each) => own[each]);
    this.marks.set(name, { volume: name, id, container, cluster, by, at });
  }

  /** A command of the docker client. */
  command(change: DockerChange, done: Done): void {
    const unavailable = (): void => {
      if (this.#inHand.delete(unavailable)) done(noDaemon);
    };
    this.#inHand.set(unavailable, change);
    if (this.state === "stopped") unavailable();
    else {
      this.ask(() => {
        this.#do(change, (ended) => {
          if (this.#inHand.delete(unavailable)) done(ended);
        });
      });
    }
  }

  /** Whether a client waits for a container with that label. */
  isMaking(label: string, value: string): boolean {
    return [...this.#inHand.values()].some((change) => "labels" in change && change.labels[label] === value);
  }

  hang(): void {
    if (this.state === "running") this.state = "hung";
  }

  /** What was asked of it meanwhile it does now, whether somebody still waits for it or not. */
  goOn(): void {
    if (this.state !== "hung") return;
    this.state = "running";
    const hanging = this.#hanging;
    this.#hanging = [];
    for (const each of hanging) this.#later(this.#world.random.between(1, 50), each);
  }

  /** `killed`: without a word to its containers, as in a power loss. */
  end(killed: boolean): void {
    this.#life++;
    this.#hanging = [];
    for (const unavailable of [...this.#inHand.keys()]) unavailable();
    if (this.state === "stopped") return;
    this.state = "stopped";
    this.#killed = killed;
    this.#wasRunning = new Set();
    for (const each of this.containers.values()) {
      if (each.state !== "running" && each.state !== "restarting") continue;
      this.#wasRunning.add(each.id);
      each.state = "exited";
      each.exitCode = killed ? 255 : 0;
    }
    this.#world.changed("its containers end", "world");
  }

  begin(): void {
    if (this.state !== "stopped") return;
    this.state = "running";
    for (const each of this.containers.values()) {
      if (each.state === "created") continue;
      if (comesBack(each, { ran: this.#wasRunning.has(each.id), killed: this.#killed })) this.#start(each, "world");
    }
    this.#world.changed("Docker is there again", "world");
  }

  /** A process in a container ends by itself. */
  exit(container: SimContainer, code: number): void {
    if (container.state !== "running") return;
    const restarts = code !== 0 && container.restart !== "no" && this.state !== "stopped";
    container.state = restarts ? "restarting" : "exited";
    container.exitCode = code;
    this.#world.changed(`${container.name} exits with ${String(code)}`, "world");
    if (restarts) {
      this.#later(1000, () => {
        if (container.state === "restarting" && this.containers.has(container.id)) this.#start(container, "world");
      });
    }
  }

  #later(ms: number, what: () => void): void {
    const life = this.#life;
    this.#world.timeline.after(ms, () => {
      if (life !== this.#life) return;
      // What a daemon is in the middle of waits with it.
      if (this.state === "hung") this.#hanging.push(what);
      else what();
    });
  }

  #do(change: DockerChange, done: Done): void {
    const { random } = this.#world;
    const fine = (): void => {
      done({ code: 0, stderr: "" });
    };
    const no = (stderr: string, code = 1): void => {
      done({ code, stderr: `Error response from daemon: ${stderr}` });
    };
    if (change.do === "volume-rm") {
      for (const name of change.names) this.marks.delete(name);
      this.#world.touches(change, undefined);
      fine();
      return;
    }
    if (change.do === "pull") {
      this.#later(random.between(500, 8000), () => {
        if (this.#world.noImages()) {
          no(`no space left on device`);
          return;
        }
        this.addImage(change.image, change.label ? { [change.label[0]]: change.label[1] } : {});
        fine();
      });
      return;
    }
    if (change.do === "run" || change.do === "create") {
      this.#later(random.between(20, 300), () => {
        this.#run(change, fine, no);
      });
      return;
    }
    const target = this.find(change.name);
    if (!target) {
      no(`No such container: ${change.name}`);
      return;
    }
    this.#world.touches(change, target);
    switch (change.do) {
      case "start":
      case "unpause":
        this.#later(random.between(20, 300), () => {
          const problem = this.#start(target, "pictl");
          if (problem === undefined) fine();
          else no(problem);
        });
        return;
      case "stop":
        this.#stop(target, fine);
        return;
      case "restart":
        this.#stop(target, () => {
          const problem = this.#start(target, "pictl");
          if (problem === undefined) fine();
          else no(problem);
        });
        return;
      case "rename":
        if (this.find(change.to)) {
          no(`Conflict. The container name "/${change.to}" is already in use`);
          return;
        }
        target.name = change.to;
        this.#world.changed(`${change.name} is called ${change.to}`, "pictl");
        fine();
        return;
      case "rm":
        if (target.state === "running" && !change.force) {
          no(`cannot remove a running container`);
          return;
        }
        this.containers.delete(target.id);
        this.#world.changed(`${target.name} (${target.id}) is removed`, "pictl");
        fine();
        return;
      case "update":
        target.restart = change.restart;
        fine();
    }
  }

  #run(
    change: Extract<DockerChange, { do: "run" | "create" }>,
    fine: () => void,
    no: (stderr: string, code: number) => void,
  ): void {
    if (this.find(change.name)) {
      no(`Conflict. The container name "/${change.name}" is already in use`, 125);
      return;
    }
    const image = this.images.get(change.image.includes(":") ? change.image : `${change.image}:latest`);
    if (!image && (change.pull === "never" || this.#world.noImages())) {
      no(`No such image: ${change.image}`, 125);
      return;
    }
    const imageId = image?.id ?? this.addImage(change.image);
    this.#world.touches(change, undefined);
    const container = this.add({
      name: change.name,
      image: change.image,
      imageId,
      labels: change.labels,
      ports: change.hostPorts.map((port) => ({ ip: "0.0.0.0", publicPort: port, privatePort: port, protocol: "tcp" })),
      restart: change.restart,
      state: "created",
      exitCode: null,
      stoppedByHand: false,
      startedAtMs: null,
      createdAt: Math.floor(this.#world.wallMs() / 1000),
    });
    this.#world.changed(`${change.name} (${container.id}) is created`, "pictl");
    if (change.do === "create") {
      fine();
      return;
    }
    this.#later(this.#world.random.between(20, 200), () => {
      if (!this.containers.has(container.id)) {
        no("No such container", 125);
        return;
      }
      const problem = this.#start(container, "pictl");
      if (problem === undefined) fine();
      else no(problem, 125);
    });
  }

  /** Resolves to what is in the way. */
  #start(container: SimContainer, by: "pictl" | "world"): string | undefined {
    if (!this.containers.has(container.id)) return "No such container";
    if (container.state === "running") return undefined;
    const taken = [...this.containers.values()].find(
      (other) =>
        other !== container &&
        other.state === "running" &&
        other.ports.some((port) => container.ports.some((own) => own.publicPort === port.publicPort)),
    );
    if (taken) return `Bind for 0.0.0.0 failed: port is already allocated`;
    container.state = "running";
    container.stoppedByHand = false;
    container.startedAtMs = this.#world.wallMs();
    this.#world.changed(`${container.name} (${container.id}) runs`, by);
    if (this.#world.behaviour(container) === "crashes" && isOurs(factsOf(container), this.#world.cluster)) {
      this.#later(this.#world.random.between(50, 2500), () => {
        this.exit(container, 1);
      });
    }
    return undefined;
  }

  #stop(container: SimContainer, then: () => void): void {
    if (container.state !== "running" && container.state !== "restarting") {
      container.stoppedByHand = true;
      then();
      return;
    }
    // Most end at SIGTERM, some only at SIGKILL.
    const { random } = this.#world;
    this.#later(random.chance(0.1) ? 10_000 : random.between(10, 500), () => {
      if (container.state === "running" || container.state === "restarting") {
        container.state = "exited";
        container.exitCode = 143;
        container.stoppedByHand = true;
        this.#world.changed(`${container.name} (${container.id}) is stopped`, "pictl");
      }
      then();
    });
  }
}

/** What it is in the layout, also while it has another name. */
export function nameOf(container: Pick<SimContainer, "labels" | "name">): string {
  return container.labels["io.pictl.container"] ?? container.name;
}
