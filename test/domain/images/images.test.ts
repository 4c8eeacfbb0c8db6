import { describe, expect, test } from "vitest";
import { imagesInUse, type NodeImages } from "../../../src/domain/images/list.ts";
import { checkReference, findImage, isNamed } from "../../../src/domain/images/reference.ts";
import { planRemovals } from "../../../src/domain/images/remove.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

const id = (digit: string): string => `sha256:${digit.repeat(64)}`;
const web = imageFacts({ id: id("a"), tags: ["web:latest", "web:1"] });
const db = imageFacts({ id: id("b"), tags: ["registry:5000/db:7"] });
const dangling = imageFacts({ id: id("c"), tags: [], createdAt: 5 });
const older = imageFacts({ id: id("d"), tags: [], createdAt: 4 });
const pulled = imageFacts({ id: id("8"), tags: ["nginx:1.27", "nginx:latest"], digests: [`nginx@${id("1")}`] });
const untagged = imageFacts({ id: id("9"), tags: [], digests: [`redis@${id("2")}`] });
const named = imageFacts({ id: id("7"), tags: ["mine:1"], digests: [`redis@${id("3")}`] });
const images = [older, web, dangling, db];
const hub = [pulled, untagged, named];

test.each([
  ["a/app", false],
  ["a/app:1", true],
  [`a/app@${id("e")}`, true],
  [`a/app:1@${id("e")}`, true],
  [`a/app:1@${id("f")}`, false],
  [`a/app@${id("a")}`, true],
])("the layout's %s means the image: %s", (reference, meant) => {
  expect(isNamed({ id: id("a"), tags: ["a/app:1"], digests: [`a/app@${id("e")}`] }, reference)).toBe(meant);
});

describe("which image a reference means", () => {
  test.each([
    ["web", web, ["web:latest"]],
    ["web:1", web, ["web:1"]],
    ["registry:5000/db:7", db, ["registry:5000/db:7"]],
    ["aaaaaaaaaaaa", web, ["web:latest", "web:1"]],
    [id("c"), dangling, []],
  ])("%s", (reference, image, tags) => {
    expect(findImage(reference, images)).toEqual({ image, names: tags });
  });

  test.each(["we", "web:2", "registry:5000/db", "abc", "eeeeeeeeeeee"])("%s: none", (reference) => {
    expect(findImage(reference, images)).toBeUndefined();
  });

  test.each([
    ["docker.io/library/nginx", pulled, ["nginx:latest"]],
    ["index.docker.io/library/nginx:1.27", pulled, ["nginx:1.27"]],
    ["library/nginx", pulled, ["nginx:latest"]],
    [`nginx@${id("1")}`, pulled, ["nginx:1.27", "nginx:latest"]],
    [`docker.io/library/nginx:1.26@${id("1")}`, pulled, ["nginx:1.27", "nginx:latest"]],
    [`redis@${id("2")}`, untagged, [`redis@${id("2")}`]],
    [`redis@${id("3")}`, named, [`redis@${id("3")}`]],
  ])("%s", (reference, image, names) => {
    expect(findImage(reference, hub)).toEqual({ image, names });
  });

  test.each([`redis@${id("1")}`, `other@${id("3")}`, "r.example.com/nginx"])("%s: none on the node", (reference) => {
    expect(findImage(reference, hub)).toBeUndefined();
  });

  test("the beginning of two ids means neither", () => {
    const twins = [
      imageFacts({ id: `sha256:abcd${"0".repeat(60)}` }),
      imageFacts({ id: `sha256:abcd${"1".repeat(60)}` }),
    ];
    expect(findImage("abcd", twins)).toBeUndefined();
    expect(findImage("abcd0", twins)?.image).toBe(twins[0]);
  });

  test.each(["-f", "--all", "$(id)", "a b", "", "../x", "x".repeat(600), "a\nb"])("%j is refused", (reference) => {
    expect(() => checkReference(reference)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  });
});

const state = (parts: Partial<NodeImages> = {}): NodeImages => ({ images, containers: [], placements: [], ...parts });

test("images are listed by name, the nameless last and newest first, each with who needs it", () => {
  const rows = imagesInUse(
    state({
      placements: [placement("web", "n1"), placement("shop", "n1", { image: "registry:5000/db:7" })],
      containers: [
        containerFacts({ name: "web", imageId: id("a") }),
        containerFacts({ name: "theirs", imageId: id("c"), labels: {} }),
      ],
    }),
  );
  expect(rows.map(({ image, wantedBy, usedBy }) => [image.tags[0] ?? image.id, wantedBy, usedBy])).toEqual([
    ["registry:5000/db:7", ["shop"], []],
    ["web:latest", ["web"], ["web"]],
    [id("c"), [], ["theirs"]],
    [id("d"), [], []],
  ]);
});

describe("what removing means", () => {
  function planned(references: string[], parts: Partial<NodeImages> = {}, force = false): string[] {
    const plan = planRemovals(references, state(parts), force);
    return [
      ...plan.removals.map(({ targets }) => `remove ${targets.join(" ")}`),
      ...plan.absent.map((reference) => `absent ${reference}`),
      ...plan.refusals.map(({ code, message }) => `${code}: ${message}`),
    ];
  }
  const container = (name: string, image: string, more = {}) =>
    containerFacts({ name, image, imageId: id(image === "registry:5000/db:7" ? "b" : "a"), ...more });
  const stopped = { state: "exited" } as const;

  test.each<[string, string[], Partial<NodeImages>, boolean, string[]]>([
    ["an image that nobody needs", ["registry:5000/db:7"], {}, false, ["remove registry:5000/db:7"]],
    ["one that is not there", ["nope"], {}, false, ["absent nope"]],
    ["by id, every name of it", [id("a")], {}, false, ["remove web:latest web:1"]],
    ["by id, without a name", ["cccc"], {}, false, [`remove ${id("c")}`]],
    ["twice the same", ["web", "web:latest", "aaaa"], {}, false, ["remove web:latest web:1"]],
    [
      "what the layout needs",
      ["web"],
      { placements: [placement("web", "n1")] },
      false,
      ["image-in-use: The layout needs web:latest here, for the container web."],
    ],
    ["what the layout needs, by force", ["web"], { placements: [placement("web", "n1")] }, true, ["remove web:latest"]],
    [
      "another name of what the layout needs",
      ["web:1"],
      { placements: [placement("web", "n1")] },
      false,
      ["remove web:1"],
    ],
    [
      "another name of what a container runs",
      ["web:1"],
      { containers: [container("x", "web")] },
      false,
      ["remove web:1"],
    ],
    [
      "the name that a container was started from",
      ["web:1"],
      { containers: [container("x", "web:1")] },
      false,
      ["image-in-use: web:1 is in use: the container x (running) was made from it."],
    ],
    [
      "all names of what a container runs",
      ["web", "web:1"],
      { containers: [container("x", "web")] },
      true,
      ["image-in-use: web:latest, web:1 is in use: the container x runs on it."],
    ],
    [
      "what a stopped container needs",
      ["aaaa"],
      { containers: [container("x", "web", stopped)] },
      false,
      ["image-in-use: web:latest, web:1 is in use: the container x (exited) was made from it."],
    ],
    [
      "what a stopped container needs, by force",
      ["aaaa"],
      { containers: [container("x", "web", stopped)] },
      true,
      ["remove web:latest web:1"],
    ],
    [
      "what a paused container needs, by force",
      ["registry:5000/db:7"],
      { containers: [container("x", "registry:5000/db:7", { state: "paused" })] },
      true,
      ["image-in-use: registry:5000/db:7 is in use: the container x runs on it."],
    ],
    [
      "by its digest, what the layout calls by another spelling of its name",
      [`nginx@${id("1")}`],
      { images: hub, placements: [placement("web", "n1", { image: "docker.io/library/nginx:1.27" })] },
      false,
      ["image-in-use: The layout needs nginx:1.27, nginx:latest here, for the container web."],
    ],
    [
      "a digest that the layout needs, while another name stays",
      [`redis@${id("3")}`],
      { images: hub, placements: [placement("cache", "n1", { image: `redis@${id("3")}` })] },
      false,
      [`image-in-use: The layout needs redis@${id("3")} here, for the container cache.`],
    ],
    ["a digest, while another name stays", [`redis@${id("3")}`], { images: hub }, false, [`remove redis@${id("3")}`]],
    [
      "one refusal hinders nothing else",
      ["web", "registry:5000/db:7"],
      { placements: [placement("web", "n1")] },
      false,
      ["remove registry:5000/db:7", "image-in-use: The layout needs web:latest here, for the container web."],
    ],
  ])("%s", (_what, references, parts, force, expected) => {
    expect(planned(references, parts, force)).toEqual(expected);
  });
});
