import fc from "fast-check";
import { expect, test } from "vitest";
import type { ContainerFacts, ContainerState, ImageFacts } from "../../../src/domain/docker/facts.ts";
import { planPrune, pruneScope, type PruneScope } from "../../../src/domain/prune/plan.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

const scope: PruneScope = { cluster: "test", placements: [placement("web", "n1")], guests: [], moving: [], all: false };

function plan(
  parts: Partial<PruneScope>,
  containers: readonly ContainerFacts[],
  images: readonly ImageFacts[] = [],
  layers: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  const disk = { imageBytes: {}, containerBytes: {} };
  const state = { containers, images, disk, layers: new Map(Object.entries(layers)) };
  return planPrune({ ...scope, ...parts }, state).map(({ kind, name }) => `${kind} ${name}`);
}

const exited = (name: string, parts: Partial<ContainerFacts> = {}): ContainerFacts =>
  containerFacts({ id: `id-${name}`, name, state: "exited", imageId: `img-${name}`, ...parts });
const theirs = { labels: {} };
const image = (name: string): ImageFacts => imageFacts({ id: `img-${name}`, tags: [`${name}:latest`] });

test("a stopped container of ours goes when the layout does not have it here; one that is wanted stays", () => {
  expect(plan({}, [exited("web"), exited("old")])).toEqual(["container old"]);
});

test("what is not stopped stays", () => {
  const states: ContainerState[] = ["running", "paused", "restarting", "removing"];
  expect(
    plan(
      { all: true },
      states.map((state) => exited(state, { state, ...theirs })),
    ),
  ).toEqual([]);
});

test("other people's containers go only with `all`, and never those of another cluster or with a name of the layout", () => {
  const containers = [
    exited("theirs", theirs),
    exited("web", theirs),
    exited("other", { labels: { "io.pictl.cluster": "other" } }),
  ];
  expect(plan({}, containers)).toEqual([]);
  expect(plan({ all: true }, containers)).toEqual(["container theirs"]);
});

test("a copy of a container that is being moved stays, whatever it is called", () => {
  const copy = exited("web-old-7", { labels: { "io.pictl.cluster": "test", "io.pictl.container": "db" } });
  expect(plan({ moving: ["db"] }, [copy])).toEqual([]);
  expect(plan({}, [copy])).toEqual(["container web-old-7"]);
});

test("the copies of a replacement that goes on, or was cut off, stay", () => {
  const aside = exited("web.pictl-replaced", {
    labels: { "io.pictl.cluster": "test", "io.pictl.container": "web" },
  });
  expect(plan({}, [aside])).toEqual([]);
  expect(plan({}, [aside, exited("web", { state: "created" })])).toEqual([]);
  // The new one has its name before it has passed its check.
  expect(plan({}, [aside, exited("web", { state: "running" })])).toEqual([]);
  expect(plan({ placements: [] }, [aside])).toEqual(["container web.pictl-replaced"]);
});

test("images stay that the layout, a guest or a container that stays needs; others and dangling ones go", () => {
  const images = [image("web"), image("guest"), image("theirs"), image("old"), image("spare")];
  const dangling = imageFacts({ id: "sha256:0123456789abcdef", tags: [] });
  const containers = [exited("theirs", theirs), exited("old")];
  expect(plan({ guests: [placement("guest", "n2")] }, containers, [...images, dangling])).toEqual([
    "container old",
    "image old:latest",
    "image spare:latest",
    "image 0123456789ab",
  ]);
});

test("an image with a name that is needed stays under all its names", () => {
  const many = imageFacts({ id: "img", tags: ["web:latest", "web:1"] });
  expect(plan({}, [], [many])).toEqual([]);
});

test("what a needed image is built on stays; what is built on another leftover goes before it", () => {
  const images = [image("base"), image("mid"), image("web"), image("lone"), image("upon")];
  const layers = {
    "img-base": ["a"],
    "img-mid": ["a", "b"],
    "img-web": ["a", "b", "c"],
    "img-lone": ["x"],
    "img-upon": ["x", "y"],
  };
  expect(plan({}, [], images, layers)).toEqual(["image upon:latest", "image lone:latest"]);
});

test("a container may move where its constraints say, and anywhere while it is being moved", () => {
  const cluster = config({
    nodes: [node("n1"), node("n2"), node("n3")],
    placements: [placement("web", "n1"), placement("db", "n2"), placement("lone", "n1")],
    constraints: [{ container: "web", hosts: ["n1", "n2"] }],
  });
  const guests = (on: string, moving: readonly string[] = []): string[] =>
    pruneScope(cluster, { node: on, moving, all: false }).guests.map(({ container }) => container);
  expect(guests("n2")).toEqual(["web"]);
  expect(guests("n3")).toEqual([]);
  expect(guests("n3", ["lone"])).toEqual(["lone"]);
  expect(guests("n1")).toEqual([]);
});

test("nothing that the layout wants ever goes, whatever the node looks like", () => {
  const name = fc.constantFrom("web", "db", "spare");
  const facts = fc.record({
    name,
    state: fc.constantFrom<ContainerState>("running", "exited", "created", "dead", "paused"),
    labels: fc.constantFrom<Record<string, string>>({}, { "io.pictl.cluster": "test" }, { "io.pictl.cluster": "x" }),
    imageId: name.map((each) => `img-${each}`),
  });
  const layers = fc.dictionary(
    name.map((each) => `img-${each}`),
    fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }),
  );
  const wanted = [placement("web", "n1"), placement("any", "n1", { image: "db" })];
  fc.assert(
    fc.property(fc.array(facts), layers, fc.boolean(), (found, known, all) => {
      const containers = found.map((parts, index) => containerFacts({ ...parts, id: String(index) }));
      const goes = plan({ all, placements: wanted }, containers, ["web", "db", "spare"].map(image), known);
      expect(goes).not.toContain("container web");
      expect(goes).not.toContain("image web:latest");
      expect(goes).not.toContain("image db:latest");
    }),
  );
});
