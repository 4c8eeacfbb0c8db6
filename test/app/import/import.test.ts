import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readComposeFile } from "../../../src/adapters/compose/index.ts";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { importServices } from "../../../src/app/import.ts";
import { importView } from "../../../src/view/setup/import.ts";

const files = join(import.meta.dirname, "files");
const plain = { colour: false, width: Number.POSITIVE_INFINITY };
const config = 'layout:\n  - node: n1\n  - node: n2\n    web: ""\n';

function folderWith(compose: string, more: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "pictl-import-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [name, text] of Object.entries({ "config.yaml": config, "compose.yaml": compose, ...more }))
    writeFileSync(join(folder, name), text);
  return { folder, store: openConfigStore(join(folder, "config.yaml")) };
}

async function imported(
  compose: string,
  options: Partial<Parameters<typeof importServices>[1]> & {
    readonly env?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  const { folder, store } = folderWith(compose, options.files);
  const env = options.env ?? {};
  const file = await readComposeFile(join(folder, "compose.yaml"), { configFolder: folder, env });
  const input = {
    places: { nodes: ["n1"], byService: new Map<string, readonly string[]>() },
    services: [],
    profiles: [],
    project: "demo",
    dryRun: false,
    ...options,
    file,
  };
  const report = await importServices(store, input);
  const text = readFileSync(join(folder, "config.yaml"), "utf8");
  const again = options.dryRun ? undefined : await importServices(store, input);
  return { folder, report, text, again, said: importView(report.result, plain).replaceAll(folder, "/compose") };
}

test.each(readdirSync(files))("%s", async (name) => {
  const compose = readFileSync(join(files, name), "utf8");
  const { folder, text, said, again } = await imported(compose, { env: { DB_PASSWORD: "hunter2" } });
  await expect(`${text.replaceAll(folder, "/compose")}\n--\n${said}`).toMatchFileSnapshot(
    join("golden", `${basename(name, ".yaml")}.txt`),
  );
  expect(again?.result).toMatchObject({ changed: false });
});

test("a dry run writes nothing and says the same", async () => {
  const compose = "services: { db: { image: redis } }";
  const { text, report } = await imported(compose, { dryRun: true });
  expect(text).toBe(config);
  expect(report.result.services).toMatchObject([{ container: "db", outcome: "would be added", nodes: ["n1"] }]);
});

test("services on different nodes do not find each other by name, and it is told", async () => {
  const { report } = await imported("services: { db: { image: redis }, app: { image: app, depends_on: [db] } }", {
    places: { nodes: ["n1"], byService: new Map([["app", ["n1", "n2"]]]) },
  });
  expect(report.result.services[1]?.notes).toEqual([
    "on n2 it does not find db by its name: that is on n1; publish a port and use the node's address",
  ]);
});

test("variables come from the environment, then from .env", async () => {
  const { text } = await imported('services: { db: { image: "redis:$TAG", hostname: "${NAME}-${OTHER:-x${TAG}}" } }', {
    env: { TAG: "7" },
    files: { ".env": "TAG=6\nNAME='cache'\n# OTHER=no\n" },
  });
  expect(text).toContain("image: redis:7");
  expect(text).toContain("--hostname cache-x7");
});

test.each([
  ["foo: 1", {}, "The file has no `services`, so it is no compose file."],
  ["services: { a: { command: x } }", {}, "The service a has neither an image nor a build folder."],
  ["services: { a: { image: !reset x } }", {}, /compose.yaml:1:\d+: not valid YAML: unknown scalar tag/],
  ["services: [", {}, /compose.yaml:\d+:\d+: not valid YAML/],
  ["services: { a: { image: '${X:?needed}' } }", {}, "The variable X is needed: needed."],
  ["services: { a: { image: '${' } }", {}, '"${" cannot be read: the { after a $ is never closed.'],
  ["services: { a: { image: x } }", { services: ["b"] }, 'The compose file has no service "b".'],
  ["services: { a: { image: x } }", { places: { nodes: [], byService: new Map() } }, "The service a has no node."],
  ["services: { a: { image: x } }", { places: { nodes: ["n9"], byService: new Map() } }, "The config has no node n9."],
  ["services: { web: { image: x } }", { places: { nodes: ["n2"], byService: new Map() } }, /web on n2 already/],
  ["services: { 'node': { image: x } }", {}, /which cannot be a container's name/],
])("%s is refused", async (compose, options, message) => {
  await expect(imported(compose, options)).rejects.toThrow(message);
});
