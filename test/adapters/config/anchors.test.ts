import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ConfigEdit } from "../../../src/app/ports.ts";
import { parseConfigText } from "../../../src/adapters/config/parse.ts";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { temporaryFile } from "./folder.ts";

const text = `x-common: &common
  image: registry.lan/agent:1
  env: &env { TZ: Europe/Berlin }
nodes: &all # all are of one kind
  n1: &pi { user: pi, port: 2222 }
  n2: *pi
  n3:
    <<: *pi
    port: 22
layout:
  - node: n1
    agent: *common
  - node: n2
    agent:
      <<: *common
      args: -p 80:80
    web: &web -p 81:80 # the page
  - node: n3
    web: *web
  - &last
    node: n4
`;

const store = (yaml = text) => openConfigStore(temporaryFile(yaml, "config.yaml"));

test("anchors, aliases, merges and sections of one's own are read as YAML has them", async () => {
  const { config, warnings } = await store().read();
  expect(warnings).toEqual([]);
  expect(config.nodes.map(({ name, ssh }) => [name, ssh.user, ssh.port])).toEqual([
    ["n1", "pi", 2222],
    ["n2", "pi", 2222],
    ["n3", "pi", 22],
    ["n4", undefined, undefined],
  ]);
  expect(config.placements.map(({ node, container, image, args, env }) => [node, container, image, args, env])).toEqual(
    [
      ["n1", "agent", "registry.lan/agent:1", [], { TZ: "Europe/Berlin" }],
      ["n2", "agent", "registry.lan/agent:1", ["-p", "80:80"], { TZ: "Europe/Berlin" }],
      ["n2", "web", undefined, ["-p", "81:80"], {}],
      ["n3", "web", undefined, ["-p", "81:80"], {}],
    ],
  );
});

test("an alias counts as much as what it stands for, so that a large file may have many", () => {
  const text = `a: [${"1,".repeat(3000)}1]\nb: &b [1, 2]\nc: [${"*b,".repeat(100)}*b]\n`;
  expect(parseConfigText(text)).toMatchObject({ ok: true });
});

test("a problem inside an alias is told where it stands", async () => {
  await expect(store(text.replace("{ TZ: Europe/Berlin }", "{ TZ: [] }")).read()).rejects.toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ line: 3, path: "layout[0].agent.env.TZ" })]) as unknown,
  });
});

const changed = async (edit: ConfigEdit): Promise<string> => {
  const path = temporaryFile(text, "config.yaml");
  await openConfigStore(path).change(() => [edit]);
  return readFileSync(path, "utf8");
};

test.each<[string, ConfigEdit, string, string]>([
  [
    "an alias is replaced as a whole",
    { op: "set", path: ["layout", 2, "web"], value: "-p 82:80" },
    "web: *web",
    "web: -p 82:80",
  ],
  [
    "an object is written in an alias's place",
    { op: "set", path: ["layout", 0, "agent"], value: { image: "registry.lan/agent:2" } },
    "agent: *common",
    "agent:\n      image: registry.lan/agent:2",
  ],
  [
    "a key of one's own stands over a merged one",
    { op: "set", path: ["nodes", "n3", "user"], value: "root" },
    "    port: 22\n",
    "    port: 22\n    user: root\n",
  ],
  [
    "what is beside them is changed as ever",
    { op: "set", path: ["layout", 1, "agent", "args"], value: "-p 83:80" },
    "args: -p 80:80",
    "args: -p 83:80",
  ],
  ["an alias goes as a whole", { op: "delete", path: ["layout", 2, "web"] }, "    web: *web\n", ""],
  [
    "an alias moves as it is",
    { op: "move", from: ["layout", 2, "web"], to: ["layout", 3, "web"] },
    "    web: *web\n  - &last\n    node: n4\n",
    "  - &last\n    node: n4\n    web: *web\n",
  ],
])("%s", async (_what, edit, before, after) => {
  expect(await changed(edit)).toBe(text.replace(before, after));
});

test.each<[string, ConfigEdit]>([
  ["inside an alias", { op: "set", path: ["nodes", "n2", "port"], value: 22 }],
  ["something new inside an alias", { op: "set", path: ["nodes", "n2", "address"], value: "10.0.0.2" }],
  ["inside what is merged", { op: "set", path: ["layout", 1, "agent", "env", "TZ"], value: "UTC" }],
  ["at the anchor", { op: "set", path: ["nodes", "n1", "port"], value: 22 }],
  ["the anchor itself", { op: "set", path: ["layout", 1, "web"], value: "-p 82:80" }],
  ["the end of the anchor", { op: "delete", path: ["layout", 1, "web"] }],
  ["the end of what is merged", { op: "delete", path: ["layout", 1, "agent", "image"] }],
])("a change that other places would share is refused, and nothing is written: %s", async (_what, edit) => {
  const path = temporaryFile(text, "config.yaml");
  await expect(openConfigStore(path).change(() => [edit])).rejects.toMatchObject({
    code: "config-write-failed",
    message: expect.stringContaining(
      "would also change other places, which share the value by a YAML anchor",
    ) as string,
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});
