import { describe, expect, test } from "vitest";
import { applyEdit } from "../../../../src/domain/config/document/apply-edit.ts";
import type { RawConfig } from "../../../../src/domain/config/raw.ts";
import { type NewContainer, planAddContainer } from "../../../../src/domain/container/edits/add.ts";
import { type ContainerChange, planEditContainer } from "../../../../src/domain/container/edits/edit.ts";
import type { ContainerEdit } from "../../../../src/domain/container/edits/entries.ts";
import { planRemoveContainer } from "../../../../src/domain/container/edits/remove.ts";

/** The document after the edits, made as the use cases make them: from the first to the last. */
function after(raw: RawConfig, edits: readonly ContainerEdit[]): unknown {
  return edits.map(({ edit }) => edit).reduce<unknown>(applyEdit, raw);
}

const texts = (edits: readonly ContainerEdit[]): string[] => edits.map(({ text }) => text);

describe("adding a container", () => {
  const web: NewContainer = { name: "web", nodes: ["n1"] };

  test.each<[string, RawConfig, NewContainer, unknown]>([
    ["into nothing", {}, web, { layout: [{ node: "n1", web: "" }] }],
    [
      "into empty sections",
      { layout: null, hb: null },
      { ...web, port: 80 },
      { layout: [{ node: "n1", web: "" }], hb: [{ node: "n1", web: "80" }] },
    ],
    [
      "into a row that is there",
      { layout: [{ node: "n1", db: "-t" }] },
      { ...web, args: "-p 80:80" },
      { layout: [{ node: "n1", db: "-t", web: "-p 80:80" }] },
    ],
    [
      "with an image",
      { layout: [{ node: "n1" }] },
      { ...web, image: "nginx:1" },
      { layout: [{ node: "n1", web: { image: "nginx:1" } }] },
    ],
    [
      "with a build folder",
      { layout: [{ node: "n1" }] },
      { ...web, build: "images/web", args: "-t" },
      { layout: [{ node: "n1", web: { args: "-t", build: "images/web" } }] },
    ],
    [
      "with an image and arguments",
      { layout: [{ node: "n1" }] },
      { ...web, image: "nginx:1", args: "-t" },
      { layout: [{ node: "n1", web: { args: "-t", image: "nginx:1" } }] },
    ],
    [
      "on several nodes, one of them twice, two of them without a row",
      { layout: [{ node: "n2" }] },
      { ...web, nodes: ["n1", "n2", "n3", "n1"] },
      {
        layout: [
          { node: "n2", web: "" },
          { node: "n1", web: "" },
          { node: "n3", web: "" },
        ],
      },
    ],
    [
      "with hosts, beside the constraint of one whose name begins with it",
      { layout: [{ node: "n1" }], container_host_constraints: [{ container: "web2,n1" }] },
      { ...web, hosts: ["n1", "n2", "n1"] },
      {
        layout: [{ node: "n1", web: "" }],
        container_host_constraints: [{ container: "web2,n1" }, { container: "web,n1,n2" }],
      },
    ],
    [
      "a second instance takes over the constraint",
      { layout: [{ node: "n1", web: "" }, { node: "n2" }], container_host_constraints: [{ container: "web, n1" }] },
      { ...web, nodes: ["n2"], hosts: ["n1", "n2"] },
      {
        layout: [
          { node: "n1", web: "" },
          { node: "n2", web: "" },
        ],
        container_host_constraints: [{ container: "web,n1,n2" }],
      },
    ],
  ])("%s", (_, raw, container, expected) => {
    expect(after(raw, planAddContainer(raw, container))).toEqual(expected);
  });

  test.each(["node", "a b", "-web", "", "x".repeat(129), "we/b"])("refuses the name %j", (name) => {
    expect(() => planAddContainer({}, { name, nodes: ["n1"] })).toThrow(/cannot be the name of a container/);
  });

  test("refuses a container that is there, by its whole name", () => {
    const raw = { layout: [{ node: "n1", web: "" }] };
    expect(() => planAddContainer(raw, web)).toThrow("The layout has web on n1 already.");
    expect(() => planAddContainer(raw, { name: "we", nodes: ["n1"] })).not.toThrow();
  });
});

describe("editing a container", () => {
  const raw: RawConfig = {
    layout: [
      { node: "n1", web: "-p 80:80", db: { args: "-t", build: "db", secrets: { PASSWORD: "hunter2" } } },
      { node: "n2", web: { image: "nginx:1" }, cron: "" },
      { node: "n3", web: null },
    ],
    hb: [
      { node: "n1", web: 80, db: { check: "tcp", port: 5432 } },
      { node: "n2", web: "80", cron: { check: "docker" } },
    ],
    container_host_constraints: [{ container: "web, n1, n2" }],
  };
  const edit = (name: string, nodes: string[], change: ContainerChange) =>
    planEditContainer(raw, { name, nodes, change });

  test.each<[string, string, string[], ContainerChange, string[]]>([
    ["arguments as they are", "web", ["n1"], { args: "-p 80:80" }, []],
    ["everything as it is", "web", ["n1"], { port: 80, hosts: ["n1", "n2"] }, []],
    ["other arguments", "web", ["n1"], { args: "-p 81:80" }, ['layout[0].web: "-p 80:80" → "-p 81:80"']],
    [
      "an image instead of a built one",
      "web",
      ["n1"],
      { image: "nginx:2" },
      ['layout[0].web: "-p 80:80" → {"args":"-p 80:80","image":"nginx:2"}'],
    ],
    [
      "every instance",
      "web",
      ["n1", "n2", "n3"],
      { args: "-t" },
      ['layout[0].web: "-p 80:80" → "-t"', 'layout[1].web.args = "-t"', 'layout[2].web = "-t"'],
    ],
    [
      "an image takes the place of a build folder, and no secret is shown",
      "db",
      ["n1"],
      { image: "postgres:17" },
      ['layout[0].db.image = "postgres:17"', 'layout[0].db.build is removed: "db"'],
    ],
    [
      "a build folder takes the place of an image, and of the folder of its name",
      "web",
      ["n1", "n2"],
      { build: "images/web" },
      [
        'layout[0].web: "-p 80:80" → {"args":"-p 80:80","build":"images/web"}',
        'layout[1].web.build = "images/web"',
        'layout[1].web.image is removed: "nginx:1"',
      ],
    ],
    ["another build folder", "db", ["n1"], { build: "sql" }, ['layout[0].db.build: "db" → "sql"']],
    ["the build folder that it has", "db", ["n1"], { build: "db", image: null }, []],
    ["no image, where it is built", "db", ["n1"], { image: null }, []],
    [
      "a port, where there is one and where there is none",
      "web",
      ["n1", "n2", "n3"],
      { port: 8080 },
      ['hb[0].web: "80" → "8080"', 'hb[1].web: "80" → "8080"', 'hb[2] = {"node":"n3","web":"8080"}'],
    ],
    [
      "the port of a check, which keeps its other settings",
      "db",
      ["n1"],
      { port: 5433 },
      ["hb[0].db.port: 5432 → 5433"],
    ],
    ["the port that a check has", "db", ["n1"], { port: 5432 }, []],
    ["a port instead of a check without one", "cron", ["n2"], { port: 80 }, ['hb[1].cron: {"check":"docker"} → "80"']],
    ["no port", "web", ["n1", "n2"], { port: "none" }, ['hb[1].web is removed: "80"', 'hb[0].web is removed: "80"']],
    ["no hosts", "web", ["n1"], { hosts: [] }, ['container_host_constraints[0] is removed: "web, n1, n2"']],
    [
      "other hosts",
      "web",
      ["n1"],
      { hosts: ["n3"] },
      ['container_host_constraints[0].container: "web, n1, n2" → "web,n3"'],
    ],
  ])("%s", (_, name, nodes, change, expected) => {
    expect(texts(edit(name, nodes, change))).toEqual(expected);
  });

  test("no image: it is built from the folder of its name, if the config has such folders", () => {
    const change = { image: null };
    const built = planEditContainer({ ...raw, docker: "images" }, { name: "web", nodes: ["n1", "n2"], change });
    expect(texts(built)).toEqual(['layout[1].web.image is removed: "nginx:1"']);
    expect(() => edit("web", ["n2"], change)).toThrow(
      expect.objectContaining({ code: "usage", hint: expect.stringContaining("--build FOLDER") as string }) as Error,
    );
    expect(texts(edit("web", ["n2"], { ...change, build: "web" }))).toContain('layout[1].web.build = "web"');
  });

  test("the texts say what the edits do", () => {
    const change = { args: "-t", image: "nginx:2", port: 81, hosts: ["n3"] };
    expect(after(raw, edit("web", ["n1", "n2"], change))).toEqual({
      layout: [
        { ...raw.layout?.[0], web: { args: "-t", image: "nginx:2" } },
        { node: "n2", web: { args: "-t", image: "nginx:2" }, cron: "" },
        { node: "n3", web: null },
      ],
      hb: [
        { node: "n1", web: "81", db: { check: "tcp", port: 5432 } },
        { node: "n2", web: "81", cron: { check: "docker" } },
      ],
      container_host_constraints: [{ container: "web,n3" }],
    });
  });
});

describe("removing a container", () => {
  const raw: RawConfig = {
    layout: [
      { node: "n1", sql: "", mysql: "" },
      { node: "n2", sql: "" },
    ],
    hb: [
      { node: "n1", sql: 1 },
      { node: "n2", sql: 2, mysql: 3 },
    ],
    container_host_constraints: [{ container: "mysql,n1,sql" }, { container: "sql,n1,n2" }],
  };

  test("one instance leaves the other, and the constraint", () => {
    expect(after(raw, planRemoveContainer(raw, { name: "sql", nodes: ["n1"] }))).toEqual({
      layout: [
        { node: "n1", mysql: "" },
        { node: "n2", sql: "" },
      ],
      hb: [{ node: "n2", sql: 2, mysql: 3 }],
      container_host_constraints: [{ container: "mysql,n1,sql" }, { container: "sql,n1,n2" }],
    });
  });

  test("the last one takes the constraint with it, and no other container's", () => {
    expect(after(raw, planRemoveContainer(raw, { name: "sql", nodes: ["n1", "n2"] }))).toEqual({
      layout: [{ node: "n1", mysql: "" }, { node: "n2" }],
      hb: [{ node: "n2", mysql: 3 }],
      container_host_constraints: [{ container: "mysql,n1,sql" }],
    });
  });

  test("a secret of what goes is not shown", () => {
    const hidden: RawConfig = { layout: [{ node: "n1", db: { secrets: { PASSWORD: "hunter2" } } }] };
    const [text = ""] = texts(planRemoveContainer(hidden, { name: "db", nodes: ["n1"] }));
    expect(text).toContain("layout[0].db is removed");
    expect(text).not.toContain("hunter2");
  });
});
