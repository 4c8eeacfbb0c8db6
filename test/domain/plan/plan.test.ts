import { expect, test } from "vitest";
import type { Config, Placement } from "../../../src/domain/config/types.ts";
import { noGenerations } from "../../../src/domain/container/copies/generations.ts";
import { staleSteps } from "../../../src/domain/plan/saved.ts";
import type { Plan, PlanInput } from "../../../src/domain/plan/types.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { applyAll, change, planOn, type Simulated, simulated, stateOf } from "./simulated.ts";

const nodes = ["n1", "n2", "n3"];

function layout(...placements: Placement[]): Config {
  return config({ nodes: nodes.map((name) => node(name)), placements });
}

const app = (on: string, parts: Partial<Placement> = {}): Placement =>
  placement("app", on, { image: "app:1", ...parts });

/** A cluster that is as this config says. */
function cluster(before: Config): Simulated {
  const world = simulated(nodes);
  applyAll(world, before, planOn(world, before).steps);
  return world;
}

const ids = ({ steps }: Plan): readonly string[] => steps.map(({ id }) => id);
const told = (plan: Plan): readonly string[] => plan.failures.map(({ code, message }) => `${code}: ${message}`);

test("an entry that goes to another node moves its container; with data of its own, that is told", () => {
  const world = cluster(layout(app("n1", { args: ["-v", "data:/data"] })));
  const after = layout(app("n2", { args: ["-v", "data:/data"] }));
  expect(planOn(world, after).steps.at(-1)).toMatchObject({
    id: "move app@n2",
    from: "n1",
    why: "n1 → n2",
    data: ["the volume data (at /data) stays behind on n1"],
    leavesData: true,
    after: ["pull app@n2"],
  });
  const copied = planOn(world, after, { copyVolumes: true }).steps.at(-1);
  expect(copied?.data).toEqual(["the volume data (at /data) is copied"]);
  expect(copied).not.toHaveProperty("leavesData");
});

test("what this machine has not seen the layout place is left alone, until somebody says that the config is the newest", () => {
  const world = cluster(layout(app("n1")));
  const unknown = { generations: noGenerations };
  for (const after of [layout(app("n2")), layout()]) {
    const plan = planOn(world, after, unknown);
    expect([ids(plan), plan.failures.map(({ code }) => code)]).toEqual([[], ["runs-elsewhere"]]);
    expect(ids(planOn(world, after, { ...unknown, newest: true }))).not.toEqual([]);
  }
});

test("two copies and two places: which goes where is asked where they have data, and does not matter where they have none", () => {
  const data = { args: ["-v", "data:/data"] };
  const world = cluster(layout(app("n1", data), app("n2", data)));
  const plan = planOn(world, layout(app("n3", data)));
  expect([ids(plan), told(plan)]).toEqual([
    [],
    [
      expect.stringContaining(
        "runs-elsewhere: app is on n1, n2, where the layout does not have it, and is missing on n3",
      ),
    ],
  ]);
  const without = cluster(layout(app("n1")));
  expect(ids(planOn(without, layout(app("n2"), app("n3"))))).toEqual(
    expect.arrayContaining(["move app@n2", "create app@n3"]),
  );
});

test.each<[string, (world: Simulated) => void, string]>([
  ["does not answer", (world) => world.states.delete("n2"), "cannot go where it should: n2 does not answer"],
  [
    "has somebody else's container of that name",
    (world) => {
      change(world, "n2", { containers: stateOf(world, "n1").containers.map((each) => ({ ...each, labels: {} })) });
    },
    "n2 has a container of that name that is not ours",
  ],
])("a copy is not removed while the node that is to have it %s", (_, befall, why) => {
  const world = cluster(layout(app("n1")));
  befall(world);
  const plan = planOn(world, layout(app("n2")));
  expect([ids(plan), told(plan)]).toEqual([[], expect.arrayContaining([expect.stringContaining(why)])]);
});

test("a cordoned node gets nothing new, and keeps what it has", () => {
  const world = cluster(layout(app("n1")));
  const after = layout(app("n1", { env: { V: "2" } }), placement("other", "n1", { image: "app:1" }), app("n2"));
  const cordoned = { ...after, nodes: after.nodes.map((each) => ({ ...each, cordoned: each.name !== "n3" })) };
  const plan = planOn(world, cordoned);
  expect([ids(plan), plan.failures.map(({ code, container, node }) => [code, container, node])]).toEqual([
    ["replace app@n1"],
    [
      ["node-cordoned", "other", "n1"],
      ["node-cordoned", "app", "n2"],
    ],
  ]);
});

test("who has a port goes before who is to have it, also where it only gives it away", () => {
  const port = { args: ["-p", "80:80"] };
  const world = cluster(layout(app("n1", port), placement("old", "n2", { image: "app:1", ...port })));
  const after = layout(app("n1", { args: ["-p", "81:80"] }), placement("new", "n1", { image: "app:1", ...port }));
  const { steps } = planOn(world, {
    ...after,
    placements: [...after.placements, placement("fresh", "n2", { image: "app:1", ...port })],
  });
  expect(steps.map(({ id, after: before }) => [id, before])).toEqual([
    ["remove old@n2", []],
    ["create fresh@n2", ["remove old@n2"]],
    ["replace app@n1", []],
    ["create new@n1", ["replace app@n1"]],
  ]);
});

const at = (container: string, on: string, port: number, parts: Partial<Placement> = {}): Placement =>
  placement(container, on, { image: "app:1", args: ["-p", `${String(port)}:80`], ...parts });

test("two that swap their ports are left as they are, and it is said how it can be done; others are not held up", () => {
  const world = cluster(layout(at("web", "n1", 80), at("shop", "n1", 81), at("job", "n1", 82)));
  const after = layout(at("web", "n1", 81), at("shop", "n1", 80), at("job", "n1", 83));
  const plan = planOn(world, after);
  expect(ids(plan)).toEqual(["replace job@n1"]);
  expect(plan.failures).toEqual([
    {
      code: "rollout-stopped",
      container: "web",
      node: "n1",
      message: "web on n1 is left as it is, since it comes after `replace shop@n1`, which cannot be done.",
    },
    {
      code: "port-taken",
      container: "shop",
      node: "n1",
      message:
        "shop publishes a port that web has on n1, and `replace web@n1`, which would free it, waits for `replace shop@n1`.",
      hint:
        "Give shop a port that nobody has and `pictl apply`, then the one that it is to have, and apply again. " +
        "Or take it away before, its volumes stay: `pictl delete shop@n1`, and apply.",
    },
  ]);
  // As the hint says.
  applyAll(world, after, plan.steps);
  const apart = layout(at("web", "n1", 81), at("shop", "n1", 99), at("job", "n1", 83));
  applyAll(world, apart, planOn(world, apart).steps);
  applyAll(world, after, planOn(world, after).steps);
  expect(planOn(world, after)).toEqual({ steps: [], failures: [] });
});

test("three ports in a circle, two that swap nodes, and one whose `after` is in the way are circles as well", () => {
  const stuck = (before: Config, after: Config): readonly [readonly string[], readonly string[]] => {
    const plan = planOn(cluster(before), after);
    return [ids(plan), plan.failures.map(({ code, container = "" }) => `${code} ${container}`).sort()];
  };
  expect(
    stuck(
      layout(at("a", "n1", 1), at("b", "n1", 2), at("c", "n1", 3)),
      layout(at("a", "n1", 2), at("b", "n1", 3), at("c", "n1", 1)),
    ),
  ).toEqual([[], ["port-taken c", "rollout-stopped a", "rollout-stopped b"]]);
  expect(
    stuck(layout(at("web", "n1", 80), at("shop", "n2", 80)), layout(at("web", "n2", 80), at("shop", "n1", 80))),
  ).toEqual([[], ["port-taken shop", "rollout-stopped web"]]);
  const waits = { after: ["db"] };
  expect(
    stuck(layout(at("web", "n1", 80), at("db", "n1", 81)), layout(at("web", "n1", 82, waits), at("db", "n1", 80))),
  ).toEqual([[], ["port-taken db", "rollout-stopped web"]]);
  // A chain has an end.
  expect(
    stuck(
      layout(at("a", "n1", 1), at("b", "n1", 2), at("c", "n1", 3)),
      layout(at("a", "n1", 2), at("b", "n1", 3), at("c", "n1", 4)),
    ),
  ).toEqual([["replace c@n1", "replace b@n1", "replace a@n1"], []]);
});

test("a port that nobody will free is told before anything is touched, and what comes after does not go either", () => {
  const world = cluster(layout(at("web", "n1", 80), at("theirs", "n1", 81), at("job", "n1", 82)));
  const containers = stateOf(world, "n1").containers.map((each) =>
    each.name === "theirs" ? { ...each, labels: {} } : each,
  );
  change(world, "n1", { containers });
  const plan = planOn(world, layout(at("web", "n1", 81), at("job", "n1", 83, { after: ["web"] })));
  expect(ids(plan)).toEqual([]);
  expect(told(plan)).toEqual([
    "port-taken: web publishes port 81, which theirs has on n1.",
    "rollout-stopped: job on n1 is left as it is, since it comes after `replace web@n1`, which cannot be done.",
  ]);
});

test("where a copy cannot move to its place, no other one is made, and what waits for that waits on", () => {
  const world = cluster(layout(at("old", "n3", 80), at("app", "n1", 81)));
  const after = layout(at("old", "n1", 81), at("old", "n2", 80), at("job", "n2", 83, { after: ["old"] }));
  const plan = planOn(world, after, { removes: false });
  expect(ids(plan)).toEqual([]);
  expect(told(plan)).toEqual([
    "port-taken: old publishes port 81, which app has on n1.",
    "runs-elsewhere: old is not made on n2: it is on n3, where the layout does not have it, and cannot move to n1 now; a second copy would run.",
    "rollout-stopped: job on n2 is left as it is, since it comes after `move old@n1`, which cannot be done.",
  ]);
  // As the hint says: the port is free, or the copy is gone.
  expect(ids(planOn(world, after, { removes: true }))).toContain("move old@n1");
  change(world, "n3", { containers: [] });
  expect(ids(planOn(world, after, { removes: false }))).toContain("create old@n2");
});

test("where one copy cannot be changed, the others are left too, however many may go at once", () => {
  const two = (parts: Partial<Placement>): readonly Placement[] => [
    at("db", "n1", 80, { update: { atOnce: 2 }, ...parts }),
    at("db", "n2", 82, { update: { atOnce: 2 }, ...parts }),
  ];
  const world = cluster(layout(...two({}), at("old", "n1", 81)));
  const swapped = layout(
    ...two({ env: { V: "2" } }).map((each) => (each.node === "n1" ? { ...each, args: ["-p", "81:80"] } : each)),
    at("old", "n1", 80),
  );
  const plan = planOn(world, swapped);
  expect(ids(plan)).toEqual([]);
  expect(told(plan)).toContain(
    "rollout-stopped: db on n2 is left as it is: `replace db@n1`, of the same rollout, cannot be done.",
  );
});

test("copies of a container are replaced one after the other, each after all of their images", () => {
  const all = (parts: Partial<Placement>): Config => layout(...nodes.map((name) => app(name, parts)));
  const world = cluster(all({}));
  const pulls = nodes.map((name) => `pull app@${name}`);
  expect(planOn(world, all({ image: "app:2" })).steps.map(({ id, after }) => [id, after])).toEqual([
    ...pulls.map((id) => [id, []]),
    ["replace app@n1", pulls],
    ["replace app@n2", [...pulls, "replace app@n1"]],
    ["replace app@n3", [...pulls, "replace app@n2"]],
  ]);
});

test("what shares the network of one that comes from another node follows it", () => {
  const side = placement("side", "n2", { image: "app:1", args: ["--network", "container:app"] });
  const world = cluster(layout(app("n1"), side));
  expect(planOn(world, layout(app("n2"), side)).steps.map(({ id, after, follows }) => [id, after, follows])).toEqual([
    ["move app@n2", [], undefined],
    ["replace side@n2", ["move app@n2"], true],
  ]);
});

test("what is stopped and had something of one that is gone is made anew, not started, after it", () => {
  const side = placement("side", "n1", { image: "app:1", args: ["--network", "container:app"] });
  const world = cluster(layout(app("n1"), side));
  const [, old] = stateOf(world, "n1").containers;
  if (!old) throw new Error("side is there");
  const stopped = { ...old, state: "exited" as const, exitCode: 137 };
  change(world, "n1", { containers: [stopped] });
  const steps = (): unknown => planOn(world, layout(app("n1"), side)).steps.map(({ id, after }) => [id, after]);
  expect(steps()).toEqual([
    ["create app@n1", []],
    ["replace side@n1", ["create app@n1"]],
  ]);
  // Nobody wants it started.
  change(world, "n1", { marks: [{ id: old.id, container: "side", cluster: "test", by: "me", at: "", volume: "v" }] });
  expect(steps()).toEqual([["create app@n1", []]]);
});

test("what was meant to end, and has, is left alone when what it had something of is made anew", () => {
  const task = placement("task", "n1", { image: "app:1", args: ["--network", "container:app"], oneOff: true });
  const world = cluster(layout(app("n1"), task));
  const ended = stateOf(world, "n1").containers.map((each) =>
    each.name === "task" ? { ...each, state: "exited" as const, exitCode: 0 } : each,
  );
  change(world, "n1", { containers: ended });
  const after = layout(app("n1", { env: { V: "2" } }), task);
  const { steps } = planOn(world, after);
  expect(steps.map(({ id }) => id)).toEqual(["replace app@n1"]);
  applyAll(world, after, steps);
  expect(planOn(world, after).steps).toEqual([]);
});

test("a container that is renamed is replaced where it is, and what shares its network follows", () => {
  const side = placement("side", "n1", { image: "app:1", args: ["--network", "container:web"] });
  const world = cluster(layout(app("n1"), placement("web", "n1", { image: "app:1" }), side));
  const renamed = placement("shop", "n1", { image: "app:1", renamedFrom: "app" });
  const after = layout(renamed, placement("web", "n1", { image: "app:1", env: { V: "2" } }), side);
  expect(planOn(world, after).steps.map(({ id, why, renames, follows }) => [id, why, renames, follows])).toEqual([
    ["replace shop@n1", "name app → shop", "app", undefined],
    ["replace web@n1", "env V", undefined, undefined],
    ["replace side@n1", "what it has of another container is made anew", undefined, true],
  ]);
});

test("a saved plan is stale when what it is for has changed, or more is to be done there", () => {
  const world = cluster(layout(app("n1"), app("n2")));
  const after = layout(app("n1", { image: "app:2" }), app("n2"));
  const saved = planOn(world, after);
  const stale = (later: Config, options: Partial<PlanInput> = {}): readonly string[] =>
    staleSteps(saved, planOn(world, later, options)).map(({ message }) => message);
  expect(stale(after)).toEqual([]);
  expect(stale(layout(app("n1", { image: "app:3" }), app("n2")))).toEqual([
    "`replace app@n1` was planned for something else: its entry in the config was changed. It was not done.",
  ]);
  expect(stale(layout(app("n1", { image: "app:2" }), app("n2", { env: { V: "2" } })))).toEqual([
    "`replace app@n2` was planned for something else: it was not in the plan, and is needed now. It was not done.",
  ]);
  const [copy] = stateOf(world, "n1").containers;
  for (const [parts, why] of [
    [{ startedAtMs: 5 }, "the container was started again"],
    [{ state: "exited" }, "the container has been started, stopped or removed"],
    [{ id: "another" }, "the container is another one, or is gone"],
  ] as const) {
    change(world, "n1", { containers: copy ? [{ ...copy, ...parts }] : [] });
    expect(stale(after)).toEqual([`\`replace app@n1\` was planned for something else: ${why}. It was not done.`]);
  }
  world.states.delete("n1");
  expect(stale(after)).toHaveLength(2);
});

test("what comes after one of which nothing is known is left as it is, and so is what comes after that", () => {
  const image = { image: "app:1" };
  const web = (version: string): Placement => placement("web", "n2", { ...image, after: ["app"], env: { V: version } });
  const wanted = (version: string): Config =>
    layout(app("n1"), web(version), placement("api", "n3", { ...image, after: ["web"], env: { V: version } }), {
      ...placement("clock", "n3", image),
      env: { V: version },
    });
  const world = cluster(wanted("1"));
  const states = new Map([...world.states].filter(([name]) => name !== "n1"));
  const plan = planOn(world, wanted("2"), { states, silent: ["n1"] });
  expect([ids(plan), told(plan)]).toEqual([
    ["replace clock@n3"],
    [
      "rollout-stopped: web on n2 is left as it is: it comes after app, and nothing says that app works on n1.",
      "rollout-stopped: api on n3 is left as it is, since it comes after `replace web@n2`, which cannot be done.",
    ],
  ]);
  // What is named alone, and a node that nobody asked, waits for nobody.
  expect(ids(planOn(world, wanted("2"), { states, silent: ["n1"], only: new Set(["web"]) }))).toEqual([
    "replace web@n2",
  ]);
  expect(ids(planOn(world, wanted("2"), { states }))).toContain("replace web@n2");
});
