import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { checkConfig } from "../../../src/app/config/check.ts";
import { editConfig } from "../../../src/app/config/edit.ts";
import { getConfigValue } from "../../../src/app/config/get.ts";
import { setConfigValue } from "../../../src/app/config/set.ts";
import { showConfig } from "../../../src/app/config/show.ts";
import { problemsView, valueView } from "../../../src/view/setup/config.ts";
import { temporaryFile } from "../../adapters/config/folder.ts";

const plain = { colour: false, width: Number.POSITIVE_INFINITY };
const yaml = "# pi\nlayout:\n  - node: pi1\n    web: -p 80:80\ntoken: hunter2\n";

function storeOf(text: string) {
  return openConfigStore(temporaryFile(text, "config.yaml"));
}

test("check fails for errors, not for warnings, and lists both", async () => {
  const warned = storeOf("agent_port: 3001\n");
  const report = await checkConfig(warned);
  expect([report.failures.length, report.result.problems.length]).toEqual([0, 1]);
  expect(problemsView(report.result, plain)).toBe(
    `${warned.path}:1:1: warning: agent_port: has no effect: pictl reaches nodes over SSH and has no agents\n`,
  );
  const broken = await checkConfig(storeOf("agent_port: 3001\nlayout: 5\n"));
  expect(broken.failures).toMatchObject([{ code: "config-invalid" }]);
  expect(broken.result.problems.map(({ severity }) => severity)).toEqual(["warning", "error"]);
});

test("show speaks the file's language and hides secrets", async () => {
  const shown = await showConfig(storeOf(yaml));
  expect(shown.text).toBe('layout:\n  - node: pi1\n    web: -p 80:80\ntoken: "[REDACTED]"\n');
  const json = await showConfig(storeOf('{"token":"x","layout":[]}'));
  expect(json.text).toBe('{\n  "token": "[REDACTED]",\n  "layout": []\n}\n');
  await expect(showConfig(storeOf("{"))).rejects.toMatchObject({ code: "config-invalid" });
});

describe("get", () => {
  test.each([
    ["layout[0].web", "-p 80:80\n"],
    ["layout.0.node", "pi1\n"],
    ["token", "[REDACTED]\n"],
    ["layout[0]", '{\n  "node": "pi1",\n  "web": "-p 80:80"\n}\n'],
  ])("%s", async (path, text) => {
    expect(valueView((await getConfigValue(storeOf(yaml), path)).result)).toBe(text);
  });

  test("a name with a dot is told as a path takes it", async () => {
    const cluster = storeOf("layout: []\nnodes:\n  pi-1.lab: { user: pi }\n");
    await expect(getConfigValue(cluster, "nodes.pi-1.lab.user")).rejects.toMatchObject({
      message: "There is no pi-1 in nodes.",
      hint: 'It has ["pi-1.lab"].',
    });
    expect((await getConfigValue(cluster, 'nodes["pi-1.lab"].user')).result.value).toBe("pi");
  });

  test.each([
    ["layuot", 'did you mean "layout"?'],
    ["layout[3]", "There is no [3] in layout"],
    ["layout[0].web.x", "There is no x in layout[0].web"],
    ["a..b", "is not a path"],
  ])("%s is not there", async (path, message) => {
    await expect(getConfigValue(storeOf(yaml), path)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("set", () => {
  const given = { asText: false, hidden: false, dryRun: false };

  test.each([
    ["ssh.user", "pi", "ssh:\n  user: pi\n"],
    ["heartbeat_interval", "5000", "heartbeat_interval: 5000\n"],
    ["layout[0].db", '{"image":"postgres:16"}', "    db:\n      image: postgres:16\n"],
    ["layout[1]", '{"node":"pi2"}', "  - node: pi2\n"],
    ["token", "env:TOKEN", "token: env:TOKEN\n"],
  ])("%s to %s", async (path, value, line) => {
    const store = storeOf(yaml);
    await setConfigValue(store, { ...given, path, value });
    const text = readFileSync(store.path, "utf8");
    expect(text).toContain(line);
    expect(text).toContain("# pi\n");
  });

  test("a dry run writes nothing, and still tells what would be wrong", async () => {
    const store = storeOf(yaml);
    await setConfigValue(store, { ...given, path: "ssh.user", value: "pi", dryRun: true });
    const wrong = setConfigValue(store, { ...given, path: "ssh.port", value: "0", dryRun: true });
    await expect(wrong).rejects.toThrow(
      "would be invalid: line 7, column 9 (ssh.port): found 0, expected a port number",
    );
    expect(readFileSync(store.path, "utf8")).toBe(yaml);
  });

  test("a secret does not come by the command line", async () => {
    const store = storeOf(yaml);
    const bare = setConfigValue(store, { ...given, path: "web_password", value: "hunter3" });
    await expect(bare).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("stdin") as string });
    const { result } = await setConfigValue(store, { ...given, path: "web_password", value: "hunter3", hidden: true });
    expect(result.value).toBe("[REDACTED]");
    expect(readFileSync(store.path, "utf8")).toContain("web_password: hunter3\n");
  });

  test.each([
    ["layout[0].web", '{"image":"nginx","secrets":{"PW":"hunter3"}}', "layout[0].web.secrets.PW"],
    ["layout", '[{"node":"pi1","web":{"image":"nginx","secrets":{"PW":"hunter3"}}}]', "layout[0].web.secrets.PW"],
    ["hooks", '{"on_move":"https://me:hunter3@example.org/"}', "hooks.on_move"],
  ])("nor does one inside %s", async (path, value, where) => {
    const store = storeOf(yaml);
    const shown = setConfigValue(store, { ...given, path, value });
    await expect(shown).rejects.toMatchObject({
      code: "usage",
      message: `${where} holds a secret, which does not belong on a command line.`,
      hint: expect.stringContaining(`Set ${where} `) as string,
    });
    expect(readFileSync(store.path, "utf8")).toBe(yaml);
    expect(JSON.stringify(await setConfigValue(store, { ...given, path, value, hidden: true }))).not.toContain(
      "hunter3",
    );
  });

  test("where a secret is may be told", async () => {
    const value = { image: "nginx", secrets: { PW: "env:PW" } };
    const setting = { ...given, path: "layout[0].web", value: JSON.stringify(value) };
    expect((await setConfigValue(storeOf(yaml), setting)).result.value).toEqual(value);
  });

  test("a path through a value is refused", async () => {
    const wrong = setConfigValue(storeOf(yaml), { ...given, path: "token.x", value: "1", hidden: true });
    await expect(wrong).rejects.toMatchObject({ code: "usage" });
  });
});

describe("edit", () => {
  const refuse = () => Promise.resolve(false);

  test("a good text is taken", async () => {
    const store = storeOf(yaml);
    const { result } = await editConfig(store, {
      edit: (text) => Promise.resolve(text.replace("pi1", "pi2")),
      again: refuse,
    });
    expect(result.changed).toBe(true);
    expect(readFileSync(store.path, "utf8")).toBe(yaml.replace("pi1", "pi2"));
  });

  test("a broken one is shown again until it is right, or refused", async () => {
    const store = storeOf(yaml);
    const drafts = ["layout: 5\n", "layout: []\n"];
    const seen: string[] = [];
    await editConfig(store, {
      edit: (text) => {
        seen.push(text);
        return Promise.resolve(drafts.shift() ?? "");
      },
      again: (problems) => Promise.resolve(problems.length === 1),
    });
    expect(seen).toEqual([yaml, "layout: 5\n"]);
    const broken = editConfig(store, { edit: () => Promise.resolve("x: 1\n"), again: refuse });
    await expect(broken).rejects.toMatchObject({ code: "config-invalid", hint: "Nothing was written." });
    expect(readFileSync(store.path, "utf8")).toBe("layout: []\n");
  });

  test("a config that is broken already can be edited", async () => {
    const store = storeOf("layout: [\n");
    await editConfig(store, { edit: () => Promise.resolve("layout: []\n"), again: refuse });
    expect((await store.read()).config.placements).toEqual([]);
  });
});
