import { labels } from "../../../src/domain/docker/labels.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { copiesOf } from "../../../src/domain/place/names.ts";
import type { PlaceStep } from "../../../src/domain/place/steps.ts";
import type { Command } from "../../../src/domain/shell.ts";
import { containerFacts } from "../../fakes/facts.ts";

/** A Docker that knows just what the steps of a replacement say to it; anything else is an error. */
export class ModelDocker {
  containers: ContainerFacts[] = [];
  networks = new Set(["bridge"]);
  /** Milliseconds; grows with every command. */
  #now = 1_700_000_000_000;

  add(name: string, parts: Partial<ContainerFacts> = {}): void {
    const label = { [labels.cluster]: "test", [labels.container]: "web" };
    this.#now += 5000;
    const createdAt = Math.floor(this.#now / 1000);
    this.containers.push(containerFacts({ id: `id-${String(this.#now)}`, name, labels: label, createdAt, ...parts }));
  }

  copies(): ReturnType<typeof copiesOf> {
    return copiesOf(this.containers, "web", "test");
  }

  step(step: PlaceStep): void {
    if (step.do === "run") this.command(step.command);
    if (step.do !== "make") return;
    this.#mustNotBe(step.as);
    this.add(step.as, { state: step.start ? "running" : "created", imageId: "sha256:new" });
  }

  command(command: Command): void {
    this.#now += 2000;
    if (command.kind === "script") this.#script(command.text, command.args);
    else if (command.kind === "words") this.#words(command.words);
  }

  #script(text: string, [first = "", second = "", third = ""]: readonly string[]): void {
    if (text.startsWith('docker network disconnect "$2" "$1"')) {
      this.#change(first, { networks: [third], state: "running" });
    } else if (text.includes("network rm")) {
      this.#leave(second, first);
      this.networks.delete(first);
    } else {
      this.#leave(second, first);
      this.#join(third, first);
    }
  }

  #words(words: readonly string[]): void {
    const [, noun, verb, ...rest] = words;
    const name = rest.at(-1) ?? "";
    if (noun === "network" && verb === "create") this.networks.add(name);
    else if (noun === "network" && verb === "rm") this.networks.delete(name);
    else if (noun === "network" && verb === "connect") this.#join(name, rest[0] ?? "");
    else if (verb === "stop") this.#stop(name);
    else if (verb === "start") this.#change(name, { state: "running" });
    else if (verb === "rename") {
      this.#mustNotBe(name);
      this.#change(rest[0] ?? "", { name });
    } else if (verb === "rm") {
      const { id } = this.#find(name);
      this.containers = this.containers.filter((each) => each.id !== id);
    } else throw new Error(`the model does not know ${words.join(" ")}`);
  }

  #stop(name: string): void {
    if (this.#find(name).state === "running") this.#change(name, { state: "exited", finishedAtMs: this.#now });
  }

  #leave(name: string, network: string): void {
    this.#change(name, { networks: this.#find(name).networks.filter((each) => each !== network) });
  }

  #join(name: string, network: string): void {
    this.#change(name, { networks: [...this.#find(name).networks, network] });
  }

  #change(name: string, parts: Partial<ContainerFacts>): void {
    const { id } = this.#find(name);
    this.containers = this.containers.map((each) => (each.id === id ? { ...each, ...parts } : each));
  }

  #find(nameOrId: string): ContainerFacts {
    const found = this.containers.find(({ name, id }) => name === nameOrId || id === nameOrId);
    if (!found) throw new Error(`no container ${nameOrId}`);
    return found;
  }

  #mustNotBe(name: string): void {
    if (this.containers.some((each) => each.name === name)) throw new Error(`${name} is there already`);
  }

  /** Which containers serve by the ports of the node: those that run and are in their own network. */
  serving(): readonly string[] {
    return this.containers
      .filter(({ state, networks }) => state === "running" && networks.includes("bridge"))
      .map(({ imageId }) => imageId);
  }

  /** A copy of this, to go on from here in two ways. */
  copy(): ModelDocker {
    const other = new ModelDocker();
    other.containers = [...this.containers];
    other.networks = new Set(this.networks);
    return other;
  }
}
