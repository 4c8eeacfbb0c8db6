import fc from "fast-check";
import { expect, test } from "vitest";
import type { Config, Placement } from "../../../src/domain/config/types.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { applyAll, change, planOn, type Simulated, simulated, stateOf } from "./simulated.ts";

const nodes = ["n1", "n2", "n3"];
const names = ["app", "db", "web", "job", "old"];

/** A container somewhere: its arguments may want a port or data of its own, and it may come after another one. */
const entry = fc.record({
  container: fc.constantFrom(...names),
  on: fc.constantFrom(...nodes),
  port: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  volume: fc.boolean(),
  image: fc.option(fc.constantFrom("img:1", "img:2"), { nil: undefined }),
  env: fc.constantFrom("a", "b"),
  oneOff: fc.boolean(),
  after: fc.boolean(),
  atOnce: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  shares: fc.boolean(),
});

const layout = fc.record({
  entries: fc.array(entry, { maxLength: 9 }),
  rename: fc.option(fc.constantFrom("old", "web"), { nil: undefined }),
  cordoned: fc.option(fc.constantFrom(...nodes), { nil: undefined, freq: 5 }),
  // Of each built image.
  folder: fc.constantFrom("v1", "v2"),
});

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function configOf({ entries, rename, cordoned }: Layout): Config {
  const taken = new Set<string>();
  const placements = entries.flatMap((each): Placement[] => {
    const { container, on, port, volume, image, env, oneOff, after, atOnce, shares } = each;
    const places = [`${container}@${on}`, ...(port === undefined ? [] : [`${on}:${String(port)}`])];
    if (places.some((place) => taken.has(place))) return [];
    for (const place of places) taken.add(place);
    const args = [
      ...(port === undefined ? [] : ["-p", `${String(8000 + port)}:80`]),
      ...(volume ? ["-v", `${container}-data:/data`] : []),
      ...(shares && container === "web" ? ["--network", "container:app"] : []),
    ];
    return [
      placement(container, on, {
        args,
        env: { V: env },
        oneOff,
        image,
        build: image === undefined ? `/images/${container}` : undefined,
        ...(after && container !== "app" ? { after: ["app"] } : {}),
        ...(atOnce === undefined ? {} : { update: { atOnce } }),
        ...(container === "db" && rename !== undefined ? { renamedFrom: rename } : {}),
      }),
    ];
  });
  return config({ nodes: nodes.map((name) => ({ ...node(name), cordoned: name === cordoned })), placements });
}

function fold(world: Simulated, { folder }: Layout): void {
  for (const name of names) world.folders.set(name, folder);
}

/** What befalls a cluster beside us. */
const mishap = fc.constantFrom("stopped", "ended", "gone", "marked", "image gone", "foreign");

function befall(world: Simulated, on: string, what: string): void {
  const { containers, images, marks } = stateOf(world, on);
  const [first, ...rest] = containers;
  if (!first) return;
  const exited = { ...first, state: "exited" as const, exitCode: what === "ended" ? 0 : 137, ports: [] };
  const mark = { id: first.id, container: first.name, cluster: "test", by: "me", at: "", volume: "v" };
  switch (what) {
    case "stopped":
    case "ended":
      change(world, on, { containers: [exited, ...rest] });
      return;
    case "marked":
      change(world, on, { containers: [exited, ...rest], marks: [...marks, mark] });
      return;
    case "gone":
      change(world, on, { containers: rest });
      return;
    case "foreign":
      change(world, on, { containers: [{ ...first, labels: {} }, ...rest] });
      return;
    default:
      change(world, on, { images: images.slice(1) });
  }
}

test("when a plan has been carried out, nothing is left to be done, whatever was there before", () => {
  fc.assert(
    fc.property(
      layout,
      layout,
      fc.array(fc.tuple(fc.constantFrom(...nodes), mishap), { maxLength: 3 }),
      (one, two, mishaps) => {
        const world = simulated(nodes);
        fold(world, one);
        const [before, after] = [configOf(one), configOf(two)];
        const first = planOn(world, before);
        applyAll(world, before, first.steps);
        expect(planOn(world, before).steps).toEqual([]);
        for (const [on, what] of mishaps) befall(world, on, what);
        fold(world, two);
        // Also where some want each other's ports: those steps are not in it.
        applyAll(world, after, planOn(world, after).steps);
        expect(planOn(world, after).steps).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test("no step makes a second copy of a container of which the plan does not take the first one away", () => {
  fc.assert(
    fc.property(layout, layout, (one, two) => {
      const world = simulated(nodes);
      const [before, after] = [configOf(one), configOf(two)];
      applyAll(world, before, planOn(world, before).steps);
      const { steps } = planOn(world, after, { removes: false });
      for (const { kind, container, node: on } of steps) {
        if (kind !== "create") continue;
        const strays = nodes.filter(
          (each) =>
            each !== on &&
            stateOf(world, each).containers.some(({ name }) => name === container) &&
            !after.placements.some((place) => place.container === container && place.node === each),
        );
        const moved = steps
          .filter((each) => each.kind === "move" && each.container === container)
          .map(({ from }) => from);
        expect(strays.filter((each) => !moved.includes(each))).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
