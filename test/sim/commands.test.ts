/**
 * What commands do and answer, each by its operation: the report as JSON, the events, the warnings, the progress, and what runs on
 * the nodes. One session a file in `stories/`; read what differs, and accept it with `-u`.
 */
import { expect, test } from "vitest";
import type { EditableConfigStore } from "../../src/app/ports.ts";
import { PictlError, toFailure } from "../../src/domain/errors.ts";
import type { Fence } from "../../src/domain/guard/command.ts";
import type { RunContext } from "../../src/operations/context.ts";
import { operations } from "../../src/operations/index.ts";
import { rehearses } from "../../src/operations/perform.ts";
import { edited, load } from "./config.ts";
import { Cluster, type Hands, type Layout } from "./hands.ts";
import { leadershipOf } from "./leadership.ts";
import { openPorts } from "./ports.ts";
import { readable } from "./readable.ts";
import { durableFile } from "./state.ts";
import type { Sickness } from "./world.ts";

/** What the file of a session gets. */
class Session {
  readonly cluster: Cluster;
  readonly lines: string[] = [];

  constructor(layout: Layout, more: object = {}) {
    this.cluster = new Cluster(layout, more, "calm");
    const { world } = this.cluster;
    const heard = world.transcript;
    world.transcript = (line) => {
      heard?.(line);
      const what = line.slice(11).replace(/^command \d+ +/, "");
      const shown = `  ${readable(what)}`;
      // What is still the same is shown again and again.
      if (shown === this.lines.at(-1)) return;
      if (/^(!|warns:|journal:|…|\S+ +locks )|\$ docker (container|image|build|volume)/.test(what))
        this.lines.push(shown);
    };
  }

  docker(node: string) {
    return this.cluster.world.node(node).docker;
  }

  note(what: string): void {
    this.lines.push("", `# ${what}`);
  }

  edit(what: string, layout: Layout, more: object = {}): void {
    this.note(what);
    this.cluster.edit(layout, more);
  }

  sick(sickness: Partial<Sickness> & Pick<Sickness, "container" | "how">): void {
    this.note(`${sickness.container} ${sickness.how}`);
    this.cluster.world.sicknesses.add({ node: undefined, ...sickness });
  }

  /** One operation after the other, each a process of its own. */
  async run(...calls: readonly (readonly [id: string, input?: object])[]): Promise<void> {
    for (const [id, input = {}] of calls) {
      this.lines.push("", `> ${id} ${JSON.stringify(input)}`);
      const found = operations.find((each) => each.id === id);
      if (!found) throw new RangeError(`no operation ${id}`);
      const answer = await this.cluster
        .by((hands) => found.run(this.#opened(hands, rehearses(input)), input))
        .catch((error: unknown) => {
          if (!(error instanceof PictlError)) throw error;
          return { failures: [toFailure(error)] };
        });
      this.lines.push(...shown(answer));
    }
  }

  /** What is opened for an operation, on a machine where no daemon runs. */
  #opened({ ports, store, config, process }: Hands, rehearsal = false): RunContext {
    const { world } = this.cluster;
    // As `perform` does.
    const events = rehearsal ? { ...ports.events, append: nothing } : ports.events;
    const own = world.disk(process.machine);
    const daemon = {
      lock: () => Promise.resolve({ release: nothing }),
      leadership: leadershipOf(world, process, ports.vipNodes),
      vip: (ip: string) =>
        durableFile(world, process, "the address", {
          read: () => own.vips.get(ip),
          write: (value) => own.vips.set(ip, value),
        }),
      vipRequests: { read: nothing, readReply: nothing, withdraw: nothing },
      state: { read: nothing },
      holder: nothing,
      ofOldName: nothing,
    };
    return {
      ...{ ports: { ...ports, events }, store: editable(this.cluster, store), config, daemon },
      fenced: (fence: () => Fence | undefined) => {
        const { signal, actor } = ports;
        const { ports: fencedPorts } = openPorts(world, process, { signal, who: actor.who, cause: actor.cause, fence });
        return Promise.resolve({ ports: fencedPorts, daemon, close: nothing });
      },
    } as unknown as RunContext;
  }

  /** What somebody else does just before a command is run, once. */
  meanwhile(what: string, command: RegExp, happens: () => void): void {
    this.note(`${what}, just before ${command.source}`);
    const { ambushes } = this.cluster.world;
    const spring = (_: string, text: string): void => {
      if (!command.test(text)) return;
      ambushes.delete(spring);
      happens();
    };
    ambushes.add(spring);
  }

  /** One that is killed at the nth call that fits. */
  async killed(what: string, after: number, id: string, input: object): Promise<void> {
    this.note(`killed at ${what}`);
    this.lines.push(`> ${id} ${JSON.stringify(input)}`);
    const crash = { what: new RegExp(what), after, side: "after" } as const;
    const died = await this.cluster.killed(crash, async (hands) =>
      operations.find((each) => each.id === id)?.run(this.#opened(hands), input),
    );
    this.lines.push(died === undefined ? "  (dead)" : "  it was never there");
  }

  /** Which containers run where. */
  look(): void {
    this.lines.push(`  runs: ${JSON.stringify(this.cluster.running())}`);
  }

  async told(name: string): Promise<void> {
    this.look();
    await expect(`${this.lines.join("\n").trim()}\n`).toMatchFileSnapshot(`stories/commands-${name}.txt`);
  }
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

/** The simulated file, as commands that edit it see it. */
function editable(cluster: Cluster, store: object): EditableConfigStore {
  const text = (): string => cluster.world.disk("controller").text;
  const plain = { problems: [], shown: text, masked: text, unmasked: (own: string) => own };
  return {
    ...(store as EditableConfigStore),
    inspect: () => Promise.resolve({ ...plain, text: text(), document: JSON.parse(text()) as unknown }),
    apply: (edits) => {
      const after = edited(text(), edits);
      load(after);
      cluster.world.disk("controller").text = after;
      return Promise.resolve();
    },
  };
}

/** A row a line. */
function shown({
  result = {},
  failures,
  exitCode,
}: {
  result?: object;
  failures: readonly object[];
  exitCode?: number;
}): string[] {
  const rows = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return [
    ...Object.entries(result).flatMap(([key, value]) =>
      rows(value).map((row) => `  ${key}: ${readable(JSON.stringify(row))}`),
    ),
    ...failures.map((each) => `  failure: ${readable(JSON.stringify(each))}`),
    ...(exitCode === undefined ? [] : [`  exit code ${String(exitCode)}`]),
  ];
}

const app = (port: number, more: object = {}): object => ({ image: "app:1", args: `-p ${String(port)}:80`, ...more });
const built = { build: "/src/api", args: "-p 8005:80" };
const dry = { dryRun: true };

/** Two copies of one, a builder, one with data, one that is waited for, and what others have put there. */
function usual(more: object = {}): Session {
  const layout: Layout = {
    n1: { web: app(8001), db: app(8002, { args: "-v data:/data" }), api: built },
    n2: { web: app(8001), cron: app(8003, { after: ["web"] }) },
    n3: {},
  };
  const session = new Session(layout, {
    hb: [
      { node: "n1", web: 8001 },
      { node: "n2", web: 8001 },
    ],
    container_host_constraints: [{ container: "web,n1,n2,n3" }, { container: "cron,n2,n3" }],
    ...more,
  });
  for (const node of ["n1", "n3"]) {
    const id = session.docker(node).addImage("other");
    for (const [name, labels] of [
      ["other", {}],
      ["theirs", { "io.pictl.cluster": "else", "io.pictl.container": "theirs", "io.pictl.generation": "5" }],
    ] as const) {
      session.docker(node).add({
        ...{ name, image: "other", imageId: id, labels, ports: [], restart: "no", state: "running" },
        ...{ exitCode: null, stoppedByHand: false, startedAtMs: 0, createdAt: 0 },
      });
    }
  }
  return session;
}

test("looks", async () => {
  const session = usual();
  await session.run(
    ["container.status"],
    ["container.status", { container: ["web@n1"] }],
    ["container.status", { node: ["n2"] }],
    ["image.list"],
    ["image.list", { node: ["n2"] }],
    ["plan.show"],
    ["container.candidates", { container: "web@n1" }],
    ["container.candidates", { container: "cron" }],
    ["container.candidates", { container: "db" }],
    ["container.history", { container: "web" }],
    ["daemon.heartbeat"],
    ["node.list"],
    ["vip.list"],
  );
  session.note("n2 has no power, Docker of n3 is stopped");
  session.cluster.world.node("n2").powerOff();
  session.docker("n3").end(false);
  await session.run(
    ["container.status"],
    ["image.list"],
    ["plan.show"],
    ["container.candidates", { container: "web@n1" }],
    ["daemon.heartbeat"],
    ["image.prune", { all: true, ...dry }],
    // Of what is elsewhere alone.
    ["container.status", { container: ["db"] }],
    ["container.status", { container: ["web@n1"] }],
    ["container.status", { node: ["n1"] }],
    ["container.status", { container: ["nothing"] }],
    ["plan.show", { container: ["db"] }],
    ["plan.apply", { container: ["db"], confirm: true }],
    ["container.stop", { container: ["web"] }],
    ["container.restart", { container: ["cron"] }],
    ["container.create", { all: true }],
    ["node.list", { node: ["n1", "n2"] }],
    ["node.list", { node: ["n9"] }],
    ["image.list", { node: ["n1"] }],
    ["image.remove", { image: ["app:2"], node: ["n*"], confirm: true }],
    ["image.pull", { image: "app:3", all: true }],
    ["image.build", { image: ["api"], force: true }],
    ["image.build", { all: true, force: true, ...dry }],
  );
  await session.told("looks");
});

test("containers, from their start to their end", async () => {
  const session = usual();
  await session.run(
    ["container.create", { all: true, ...dry }],
    ["container.create", { all: true }],
    ["container.stop", { container: ["web@n1", "db"], ...dry }],
    ["container.stop", { container: ["web@n1", "db"], grace: 3 }],
    ["container.stop", { container: ["web@n1", "db"] }],
    ["container.stop", { all: true }],
    ["container.status"],
    ["container.create", { all: true }],
    ["container.start", { container: ["web@n1"] }],
    ["container.start", { all: true }],
    ["container.restart", { container: ["web"] }],
    ["container.restart", { container: ["c*"], ...dry }],
    ["container.delete", { container: ["api"] }],
    ["container.delete", { container: ["api"], confirm: true }],
    ["container.delete", { container: ["api"], confirm: true }],
    ["container.create", { container: ["api"] }],
    ["container.create", { container: ["nothing"] }],
    ["container.create", { container: ["web"], recreate: true, grace: 4 }],
    ["container.create", { container: ["cron"], recreate: true, noCheck: true }],
    ["container.history", { container: "web" }],
    ["container.history", { container: "web@n2" }],
    ["container.history", { container: "nothing" }],
  );
  await session.told("lifecycle");
});

test("a new version, and back", async () => {
  const session = usual();
  const layout = (image: string, more: object = {}): Layout => ({
    n1: { web: app(8001, { image, ...more }) },
    n2: { web: app(8001, { image, ...more }) },
    n3: { web: app(8001, { image, ...more }) },
  });
  const hb = { hb: ["n1", "n2", "n3"].map((node) => ({ node, web: 8001 })) };
  session.edit("web runs on all", layout("app:1"), hb);
  await session.run(["container.create", { all: true }]);
  session.edit("app:2 is wanted", layout("app:2"), hb);
  await session.run(
    ["container.status", { container: ["web"] }],
    ["container.create", { container: ["web"], ...dry }],
    ["container.create", { container: ["web"] }],
    ["container.create", { container: ["web"], recreate: true, ...dry }],
    ["container.create", { container: ["web"], recreate: true }],
    ["container.history", { container: "web@n1" }],
    ["container.rollback", { container: "web", ...dry }],
    ["container.rollback", { container: "web" }],
    ["container.rollback", { container: "web", confirm: true }],
    ["container.rollback", { container: "web", to: 7, confirm: true }],
    ["container.history", { container: "web@n1" }],
  );
  session.look();
  session.edit(
    "app:2 again, two at once, and the one that is replaced goes back",
    layout("app:2", { update: { at_once: 2, on_failure: "rollback" } }),
    hb,
  );
  session.sick({ container: "web", how: "deaf", image: "app:2", node: "n3" });
  await session.run(["container.create", { container: ["web"], recreate: true, checkTimeout: 5 }]);
  session.look();
  session.edit("the new one first", layout("app:2", { args: "" }));
  await session.run(
    ["container.create", { container: ["web"], recreate: true, checkTimeout: 5 }],
    ["container.create", { container: ["web"], recreate: true, noCheck: true }],
  );
  session.sick({ container: "web", how: "crashes", image: "app:1", node: "n2" });
  session.edit("app:1, which ends on n2", layout("app:1", { update: { swap: "stop-first" } }), hb);
  await session.run(
    ["container.create", { container: ["web"], recreate: true }],
    ["container.status", { container: ["web"] }],
  );
  session.edit("no such image on n1", layout("app:3"), hb);
  session.cluster.world.noImages.add("n1");
  await session.run(
    ["container.create", { container: ["web"], recreate: true }],
    ["image.pull", { image: "app:2", node: ["n*"] }],
    ["image.pull", { image: "app:2", node: ["n2"], ...dry }],
    ["image.remove", { image: ["app:1"], node: ["n*"], ...dry }],
    ["image.remove", { image: ["app:1"], node: ["n*"], confirm: true }],
    ["image.remove", { image: ["app:1", "app:9"], node: ["n3"], force: true }],
    ["image.remove", { image: ["app:9"], all: true, confirm: true }],
    ["image.remove", { image: ["app:2", "app:9"], node: ["n2", "n3"], ...dry }],
    ["image.remove", { image: ["app:2", "app:9"], node: ["n2", "n3"], confirm: true }],
    ["image.prune", { all: true }],
    ["image.prune", { all: true, confirm: true }],
    ["image.prune", { node: ["n3"], foreign: true, confirm: true }],
    ["image.build", { all: true }],
  );
  await session.told("versions");
});

test("moves", async () => {
  const session = usual({ hooks: { on_move: "/hook" } });
  await session.run(
    ["container.move", { container: "cron", node: "n3", ...dry }],
    ["container.move", { container: "cron", node: "n3", grace: 2 }],
    ["container.move", { container: "cron", node: "n3" }],
    ["container.move", { container: "web", node: "n3" }],
    ["container.move", { container: "web@n1", node: "n2" }],
    ["container.move", { container: "web@n1", node: "n9" }],
    ["container.move", { container: "web@n1", node: "n3", overlap: true }],
    ["container.move", { container: "db", node: "n2" }],
    ["container.move", { container: "db", node: "n2", ...dry }],
    ["container.move", { container: "db", node: "n2", confirm: true }],
    ["container.stop", { container: ["cron"] }],
    ["container.move", { container: "cron", node: "n1" }],
    ["node.cordon", { node: ["n3"] }],
    ["container.move", { container: "cron", node: "n3" }],
    ["container.move", { container: "cron", node: "n3", force: true, noCheck: true }],
    ["container.status"],
  );
  session.sick({ container: "web", how: "deaf", node: "n1" });
  await session.run(["container.move", { container: "web@n3", node: "n1", checkTimeout: 4 }]);
  session.look();
  session.note("n1 has no images, n3 is without power");
  session.cluster.world.noImages.add("n1");
  session.cluster.world.node("n3").powerOff();
  await session.run(
    ["container.move", { container: "api", node: "n2" }],
    ["container.move", { container: "db", node: "n3" }],
    ["container.move", { container: "web@n3", node: "n1" }],
    ["container.move", { container: "cron", node: "n2" }],
  );
  session.note("nothing tells since when the new one serves, where none of them is checked");
  session.cluster.world.noImages.clear();
  await session.run(["container.move", { container: "api", node: "n1", overlap: true }]);
  await session.told("moves");
});

test("nodes that are emptied", async () => {
  const session = usual();
  await session.run(
    ["node.drain", { node: "n2", ...dry }],
    ["node.drain", { node: "n2" }],
    ["node.drain", { node: "n2", confirm: true, grace: 1 }],
    ["node.drain", { node: "n2", confirm: true }],
    ["node.uncordon", { node: ["n2", "n3"] }],
    ["node.cordon", { node: ["n?"], ...dry }],
    ["node.drain", { node: "n1", confirm: true }],
    ["node.remove", { node: "n1" }],
    ["node.remove", { node: "n1", confirm: true }],
    ["node.remove", { node: "n2", move: true, confirm: true }],
    ["node.remove", { node: "n3", force: true, ...dry }],
    ["container.status"],
    ["node.remove", { node: "n2", move: true, ...dry }],
    ["node.remove", { node: "n9", confirm: true }],
    ["node.cordon", { node: ["n2"] }],
  );
  session.note("n2 is without power");
  session.cluster.world.node("n2").powerOff();
  await session.run(
    ["node.drain", { node: "n2", confirm: true }],
    ["node.remove", { node: "n2", confirm: true }],
    ["node.remove", { node: "n2", force: true, confirm: true }],
    ["node.drain", { node: "n3", confirm: true }],
    ["node.remove", { node: "n3", move: true, confirm: true }],
    ["node.remove", { node: "n3", force: true, confirm: true }],
    ["container.status"],
  );
  await session.told("drains");
});

test("plans", async () => {
  const session = usual();
  // From then on this machine knows what it had where.
  await session.run(["plan.apply", { all: true, confirm: true }]);
  const layout: Layout = {
    n1: { web: app(8001, { image: "app:2" }), api: built },
    n2: { site: app(8004, { renamed_from: "web" }) },
    n3: { cron: app(8003, { after: ["web", "late"] }), late: app(8007) },
  };
  session.edit(
    "web is another version on n1 and has another name on n2, cron goes to n3, db is gone, late is new",
    layout,
  );
  await session.run(
    ["plan.show"],
    ["plan.show", { container: ["web"] }],
    ["plan.show", { noRemove: true }],
    ["plan.apply", { all: true, ...dry }],
    ["plan.apply", { all: true }],
    ["plan.apply", { container: ["late"], confirm: true }],
    ["plan.apply", { all: true, confirm: true, noRemove: true, grace: 2 }],
    ["plan.show"],
    ["plan.apply", { all: true, confirm: true }],
    ["plan.apply", { all: true, confirm: true }],
    ["container.status"],
  );
  session.edit("late and cron are other versions, and late ends at once", {
    ...layout,
    n3: { cron: app(8003, { image: "app:2", after: ["web", "late"] }), late: app(8007, { image: "app:2" }) },
  });
  session.sick({ container: "late", how: "crashes" });
  await session.run(
    ["plan.show"],
    ["plan.apply", { all: true, confirm: true }],
    ["plan.apply", { all: true, confirm: true, newest: true }],
  );
  session.look();
  session.note("n1 is without power");
  session.cluster.world.node("n1").powerOff();
  await session.run(["plan.show"], ["plan.apply", { all: true, confirm: true }]);
  await session.told("plans");
});

test("plans whose steps wait for each other", async () => {
  const session = usual();
  // From then on this machine knows what it had where.
  await session.run(["plan.apply", { all: true, confirm: true }]);
  const late = (image: string, more: object = {}) => app(8007, { image, after: ["web"], ...more });
  const layout = (image: string, more: Layout = {}): Layout => ({
    n1: { web: app(8001, { image }), db: app(8002, { args: "-v data:/data" }) },
    n2: { cron: app(8003, { image, after: ["web", "late"] }), api: { build: "/src/api2", args: "-p 8005:80" } },
    n3: { late: late(image), tool: { build: "/src/tool", args: "" }, last: app(8009, { after: ["cron", "tool"] }) },
    ...more,
  });
  session.edit(
    "web leaves n2, late and tool are new, api is built of another folder on n2, last waits",
    layout("app:1"),
  );
  await session.run(
    ["plan.show"],
    ["plan.show", { copyVolumes: true }],
    ["plan.apply", { container: ["cron"], ...dry }],
    ["plan.apply", { all: true, confirm: true }],
    ["container.status", { container: ["web", "late"] }],
    ["container.status", { node: ["n1", "n3"] }],
    ["container.history", { container: "cron" }],
  );
  session.edit("cron and last change places, and web, late and cron are app:2", {
    n1: { web: app(8001, { image: "app:2" }), db: app(8002, { args: "-v data:/data" }) },
    n2: { last: app(8009, { after: ["cron", "tool"] }), api: { build: "/src/api2", args: "-p 8005:80" } },
    n3: {
      late: late("app:2", { update: { on_failure: "rollback" } }),
      tool: { build: "/src/tool", args: "" },
      cron: app(8003, { image: "app:2", after: ["web", "late"] }),
    },
  });
  session.sick({ container: "late", how: "crashes", image: "app:2" });
  await session.run(["plan.show"], ["plan.apply", { all: true, confirm: true, newest: true, grace: 1 }], ["plan.show"]);
  session.look();
  session.note("late is well again, n2 has no images");
  session.cluster.world.sicknesses.clear();
  session.cluster.world.noImages.add("n2");
  await session.run(
    ["plan.apply", { all: true, confirm: true }],
    ["plan.apply", { all: true, confirm: true }],
    ["container.status"],
  );
  await session.told("plans-in-order");
});

test("what others change in the middle of a plan", async () => {
  const session = usual();
  await session.run(["plan.apply", { all: true, confirm: true }]);
  const remove = (node: string) => () => {
    const docker = session.docker(node);
    const cron = docker.find("cron");
    if (cron) docker.containers.delete(cron.id);
  };
  const layout = (image: string, cron: string): Layout => ({
    n1: { web: app(8001, { image }), db: app(8002, { args: "-v data:/data" }), api: built },
    n2: { web: app(8001, { image }) },
    n3: { cron: app(8003, { image: cron, after: ["web"] }) },
  });
  session.edit("web is app:2, and cron goes to n3 after it", layout("app:2", "app:1"));
  session.meanwhile("somebody removes cron", /container (create|run).* app:2/, remove("n2"));
  await session.run(
    ["plan.apply", { all: true, confirm: true, newest: true }],
    ["plan.apply", { all: true, confirm: true }],
  );
  session.edit("both are the other version", layout("app:1", "app:2"));
  session.meanwhile("somebody removes cron", /container (create|run).* app:1/, remove("n3"));
  await session.run(["plan.apply", { all: true, confirm: true }], ["plan.apply", { all: true, confirm: true }]);
  const ports = (web: number): Layout => ({
    n1: { web: app(web, { image: "app:2" }) },
    n2: { web: app(web, { image: "app:2" }), site: app(8001) },
    n3: { cron: app(8003, { image: "app:2", after: ["web"] }) },
  });
  session.edit("site takes the port that web leaves on n2, but web ends on n1", ports(8101));
  session.sick({ container: "web", how: "crashes", image: "app:2" });
  await session.run(
    ["plan.apply", { all: true, confirm: true, noRemove: true }],
    ["container.create", { container: ["web", "site"], recreate: true }],
  );
  session.note("web is well again, and n1 is without power");
  session.cluster.world.sicknesses.clear();
  session.cluster.world.node("n1").powerOff();
  await session.run(["container.create", { container: ["web", "site"], recreate: true }]);
  await session.told("plans-meanwhile");
});

test("what a command that was killed has left", async () => {
  const session = usual();
  // From then on this machine knows what it had where.
  await session.run(["plan.apply", { all: true, confirm: true }]);
  await session.killed("journal: cron switching", 1, "container.move", { container: "cron", node: "n3" });
  await session.run(
    ["container.status"],
    ["plan.show"],
    ["container.candidates", { container: "cron" }],
    ["plan.apply", { container: ["db"], confirm: true }],
    ["plan.apply", { all: true, confirm: true }],
  );
  await session.killed("write the config", 2, "container.move", { container: "cron", node: "n3" });
  await session.run(["container.status"], ["container.create", { container: ["cron"] }], ["container.status"]);
  await session.killed("container rename", 1, "container.create", { container: ["web"], recreate: true });
  session.look();
  await session.run(
    ["container.status", { container: ["web"] }],
    ["plan.show"],
    ["plan.apply", { all: true, confirm: true }],
    ["container.status", { container: ["web"] }],
  );
  await session.killed("container start", 1, "container.create", { container: ["web@n1"], recreate: true });
  await session.run(["container.create", { container: ["web"] }], ["image.prune", { all: true, ...dry }]);
  session.look();
  await session.killed("container rename", 2, "container.create", { container: ["db"], recreate: true });
  await session.run(["container.stop", { container: ["db"] }], ["container.start", { container: ["db"] }]);
  await session.killed("container stop", 1, "node.drain", { node: "n3", confirm: true });
  await session.run(["node.drain", { node: "n3", confirm: true }]);
  await session.killed("container start", 1, "container.create", { container: ["web@n1"], recreate: true });
  session.note("what is left there is in nobody's way");
  await session.run(["container.delete", { container: ["web@n1"], confirm: true }], ["container.status"]);
  session.note("so has n3 something of cron");
  for (const name of ["cron", "cron.pictl-next", "cron.pictl-replaced"]) {
    const mark = { "io.pictl.cluster": "sim", "io.pictl.container": "cron", "io.pictl.generation": "1" };
    session.docker("n3").add({
      ...{ name, image: "app:1", imageId: "sha256:app:1", labels: mark, ports: [], restart: "no", state: "exited" },
      ...{ exitCode: 0, stoppedByHand: false, startedAtMs: 0, createdAt: 0 },
    });
  }
  await session.run(["node.uncordon", { node: ["n3"] }], ["container.move", { container: "cron", node: "n3" }]);
  await session.told("killed");
});

test("containers and nodes that are added, changed and removed", async () => {
  const session = usual();
  // From then on this machine knows what it had where.
  await session.run(["plan.apply", { all: true, confirm: true }]);
  const late = { name: "late", node: ["n2", "n3"], args: "-p 8010:80 -e KEY=secret", image: "app:1", hb: 8010 };
  await session.run(
    ["container.add", { ...late, host: ["n1", "n2"], ...dry }],
    ["container.add", { ...late, host: ["n1", "n2"], run: true }],
    ["container.add", late],
    ["container.add", { ...late, name: "taken" }],
    ["container.add", { name: "bad name", node: ["n1"], image: "app:1" }],
    ["container.add", { name: "tool", node: ["n1"], build: "/src/tool" }],
    ["container.add", { name: "off", node: ["n9"], image: "app:1" }],
    ["container.edit", { container: "late@n3", image: "app:2", ...dry }],
    ["container.edit", { container: "late@n3", image: "app:2" }],
    ["container.edit", { container: "late@n3", image: "app:2", confirm: true }],
    ["container.edit", { container: "late@n3", image: "app:2", confirm: true }],
    ["container.status", { container: ["late"] }],
    ["container.edit", { container: "late@n3", run: true, confirm: true, grace: 2 }],
    ["container.edit", { container: "late", hb: "none", noHosts: true, confirm: true }],
    ["container.edit", { container: "late", args: "-p 8011:80", hb: 8011, host: ["n1"], run: true, ...dry }],
    ["container.edit", { container: "late", args: "-p 8011:80", hb: 8011, host: ["n1"], run: true, confirm: true }],
    ["container.edit", { container: "late", build: "/src/late", confirm: true }],
    ["container.edit", { container: "late", noImage: true, confirm: true }],
    ["container.edit", { container: "nothing", image: "app:2", confirm: true }],
    ["container.edit", { container: "l*", image: "app:2", confirm: true }],
    ["container.edit", { container: "web@n2", args: "-p 8001:80 -v pages:/pages", run: true, confirm: true }],
    ["config.get", { path: "layout" }],
    ["config.get", { path: "hb" }],
    ["config.get", { path: "container_host_constraints" }],
    ["plan.show"],
    ["container.remove", { container: "late@n3", ...dry }],
    ["container.remove", { container: "late@n3" }],
    ["container.remove", { container: "late@n3", confirm: true, grace: 1 }],
    ["container.remove", { container: "late", keepRunning: true, confirm: true }],
    ["container.remove", { container: "late", confirm: true }],
    ["container.status"],
  );
  session.note("n2 is without power");
  session.cluster.world.node("n2").powerOff();
  await session.run(
    ["container.remove", { container: "cron", confirm: true }],
    ["container.remove", { container: "web", confirm: true }],
    ["container.remove", { container: "web@n2", force: true, ...dry }],
    ["container.remove", { container: "web@n2", force: true, confirm: true }],
    ["container.edit", { container: "cron", image: "app:2", run: true, confirm: true }],
    ["container.add", { ...late, name: "last", args: "-p 8020:80", hb: 8020, run: true }],
    ["config.set", { path: "failover_after", value: "5" }],
    ["config.get", { path: "failover_after" }],
    ["config.get", { path: "nothing" }],
    ["config.get", { path: "layout" }],
    ["config.get", { path: "hb" }],
    ["container.status"],
  );
  await session.told("changes");
});

test.each(["lease", "static"])("a virtual IP by hand, as %s", async (mode) => {
  const row = (node: string) => ({ node, vip_eth_device: "eth0", vip_ping_time: 2000 });
  const vip = { vip_ip: "10.0.0.9", vip_mode: mode, vip: ["n1", "n2", "n3"].map(row) };
  const session = usual(vip);
  const { world } = session.cluster;
  await session.run(
    ["vip.list"],
    ["vip.move", { vip: "10.0.0.9", node: "n2", ...dry }],
    ["vip.move", { vip: "10.0.0.9", node: "n2" }],
    ["vip.list", { vip: "10.0.0.9" }],
    ["vip.move", { vip: "10.0.0.9", node: "n2" }],
    ["vip.move", { vip: "10.0.0.9", node: "n3", wait: 5 }],
    ["vip.move", { vip: "10.0.0.9", node: "n9" }],
    ["vip.move", { vip: "10.0.0.8", node: "n1" }],
    ["vip.release", { vip: "10.0.0.9" }],
    ["vip.release", { vip: "10.0.0.9", ...dry }],
    ["vip.release", { vip: "10.0.0.9", confirm: true }],
    ["vip.release", { vip: "10.0.0.9", confirm: true }],
    ["vip.move", { vip: "10.0.0.9", node: "n1" }],
  );
  session.note("n1 is without power, n2 unplugged");
  world.node("n1").powerOff();
  world.node("n2").address.carrier = false;
  await session.run(
    ["vip.list"],
    ["vip.move", { vip: "10.0.0.9", node: "n2", wait: 5, ...dry }],
    ["vip.move", { vip: "10.0.0.9", node: "n2", wait: 5 }],
    ["vip.move", { vip: "10.0.0.9", node: "n3", wait: 60 }],
    ["vip.release", { vip: "10.0.0.9", confirm: true, wait: 5 }],
  );
  session.note("somebody else's is on n3");
  world.node("n2").address.carrier = true;
  world.node("n3").address.foreign = true;
  await session.run(["vip.list"], ["vip.move", { vip: "10.0.0.9", node: "n2", wait: 20 }], ["node.list"]);
  await session.told(`vip-${mode}`);
});

test("a node that is dead", async () => {
  const session = usual({ failover_after: 1, automatic_heartbeat: false });
  // From then on this machine knows what it had where.
  await session.run(["plan.apply", { all: true, confirm: true }]);
  session.note("n2 is without power");
  session.cluster.world.node("n2").powerOff();
  await session.run(
    ["container.candidates", { container: "cron" }],
    ["node.drain", { node: "n2", ...dry }],
    ["node.remove", { node: "n2", move: true, ...dry }],
    ["container.move", { container: "cron", node: "n3", ...dry }],
    ["container.move", { container: "web@n2", node: "n3", copyVolumes: true }],
    ["node.drain", { node: "n2", confirm: true }],
    ["container.status"],
    ["container.status", { node: ["n1", "n3"] }],
    ["container.status", { node: ["n2"] }],
    ["node.remove", { node: "n2", move: true, confirm: true }],
    ["container.rollback", { container: "cron", confirm: true }],
    ["container.history", { container: "cron" }],
  );
  session.note("n2 is back, with what ran there");
  session.cluster.world.node("n2").powerOn();
  await session.run(
    ["plan.show"],
    ["daemon.heartbeat", { repair: true }],
    ["container.create", { container: ["cron"] }],
    ["container.status"],
    ["image.prune", { all: true, ...dry }],
    ["image.prune", { all: true, confirm: true }],
  );
  await session.told("dead");
});

test("containers in every state", async () => {
  const session = usual();
  await session.run(["plan.apply", { all: true, confirm: true }]);
  const change = (node: string, name: string, parts: object): void => {
    const found = session.docker(node).find(name);
    if (found) Object.assign(found, parts);
  };
  const all: readonly (readonly [string, object?])[] = [
    ["container.status"],
    ["container.status", { container: ["web", "db"] }],
    ["plan.show"],
    ["daemon.heartbeat"],
    ["container.create", { all: true, ...dry }],
    ["container.start", { all: true, ...dry }],
    ["container.stop", { all: true, ...dry }],
    ["container.restart", { all: true, ...dry }],
    ["container.move", { container: "db", node: "n3", confirm: true, ...dry }],
    ["node.drain", { node: "n2", ...dry }],
    ["image.prune", { all: true, ...dry }],
  ];
  session.note("web@n1 is paused, db has ended by itself, api restarts, web@n2 is dead, cron was only made");
  change("n1", "web", { state: "paused" });
  change("n1", "db", { state: "exited", exitCode: 3 });
  change("n1", "api", { state: "restarting", exitCode: 1 });
  change("n2", "web", { state: "dead", exitCode: 137 });
  change("n2", "cron", { state: "created", startedAtMs: null });
  await session.run(...all, ["container.start", { all: true }], ["container.status"]);
  session.note(
    "db has ended well, web@n1 was made of another image, api is being removed, cron of no generation is elsewhere, too",
  );
  change("n1", "db", { state: "exited", exitCode: 0 });
  change("n1", "web", { imageId: "sha256:gone" });
  change("n1", "api", { state: "removing" });
  const cron = session.docker("n2").find("cron");
  if (cron) session.docker("n3").add({ ...cron, labels: { ...cron.labels, "io.pictl.generation": "none" } });
  await session.run(...all, ["container.create", { all: true }], ["container.create", { all: true, recreate: true }]);
  await session.run(["container.status"]);
  session.note("what a replacement that was cut off has left");
  for (const [name, generation] of [
    ["web.pictl-next", "1"],
    ["web.pictl-replaced", "2"],
    ["gone.pictl-replaced", "3"],
    ["gone", "4"],
  ] as const) {
    const web = session.docker("n1").find("web");
    const labels = {
      ...web?.labels,
      "io.pictl.generation": generation,
      "io.pictl.container": name.replace(/\..*/, ""),
    };
    if (web) session.docker("n1").add({ ...web, name, labels, state: "exited", exitCode: 0, ports: [] });
  }
  await session.run(
    ["container.status"],
    ["image.prune", { all: true, ...dry }],
    ["image.prune", { all: true, confirm: true }],
    ["container.delete", { container: ["gone@n1"], confirm: true }],
    ["plan.show"],
    ["plan.apply", { all: true, confirm: true }],
    ["container.status"],
  );
  await session.told("states");
});

test("what is in the way", async () => {
  const session = usual();
  const taken = session.docker("n1").find("web");
  if (taken) session.docker("n1").containers.set(taken.id, { ...taken, labels: {} });
  session.note("web of n1 is somebody else's, n2 lets nobody in, an older cron runs on n3");
  session.cluster.world.node("n2").refuses = true;
  const cron = session.docker("n2").find("cron");
  if (cron) session.docker("n3").add({ ...cron, labels: { ...cron.labels, "io.pictl.generation": "7" } });
  await session.run(
    ["container.status"],
    ["container.create", { all: true }],
    ["container.create", { container: ["web"], recreate: true }],
    ["container.stop", { container: ["web"] }],
    ["container.delete", { container: ["web"], confirm: true }],
    ["plan.show"],
    ["plan.apply", { all: true, confirm: true }],
    ["container.move", { container: "web@n1", node: "n3" }],
    ["node.drain", { node: "n1", confirm: true }],
  );
  session.note("n2 lets us in");
  session.cluster.world.node("n2").refuses = false;
  await session.run(
    ["container.status"],
    ["container.create", { container: ["cron"] }],
    ["container.delete", { container: ["cron@n3"], confirm: true }],
    ["daemon.heartbeat", { repair: true }],
    ["container.status"],
  );
  await session.told("in-the-way");
});
