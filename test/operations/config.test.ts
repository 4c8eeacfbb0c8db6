import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openConfigStore } from "../../src/adapters/config/index.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import type { RunContext } from "../../src/operations/context.ts";
import { operationOf } from "../../src/operations/index.ts";
import { fakeClock } from "../fakes/clock.ts";

const text = `# the shop
token: canary
state_dir: state
layout:
  - node: n1
    web: { args: -p 80:80, secrets: { KEY: canary2 } }
`;

/** The operations on a config in a folder of its own. */
function shop(content = text) {
  const folder = mkdtempSync(join(tmpdir(), "pictl-operations-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "config.yaml");
  writeFileSync(path, content, { mode: 0o600 });
  const events: PictlEvent[] = [];
  const append = async (event: PictlEvent): Promise<void> => void events.push(event);
  const context = {
    store: openConfigStore(path),
    ports: { events: { append }, clock: fakeClock, actor: { who: "me@here", cause: "test" } },
  } as unknown as RunContext;
  const run = async (id: string, input: object): Promise<Record<string, unknown>> => {
    const report = await operationOf(id)?.run(context, input);
    return { ...report?.result, failures: report?.failures };
  };
  return { run, events, now: () => readFileSync(path, "utf8") };
}

describe("the text for an editor", () => {
  test("has no secret, and goes back with them", async () => {
    const { run, events, now } = shop();
    const given = await run("config.text", {});
    expect(JSON.stringify(given)).not.toContain("canary");
    const edited = String(given["text"]).replace("-p 80:80", "-p 8080:80");
    const { version } = given;
    expect(await run("config.replace", { text: edited, version })).toMatchObject({ changed: true, failures: [] });
    expect(now()).toBe(text.replace("-p 80:80", "-p 8080:80"));
    expect(events).toMatchObject([{ type: "config.changed" }]);
    expect(JSON.stringify(events)).not.toContain("canary");
  });

  test("is not taken with mistakes, which are told with their place", async () => {
    const { run, events, now } = shop();
    const broken = text.replace("node: n1", "nod: n1");
    const { problems, changed, failures } = await run("config.replace", { text: broken });
    expect(problems).toMatchObject([{ line: 5, severity: "error" }, ...(problems as object[]).slice(1)]);
    expect([changed, (failures as { code: string }[]).map(({ code }) => code)]).toEqual([false, ["config-invalid"]]);
    expect([now(), events]).toEqual([text, []]);
  });

  test("is only looked at in a rehearsal", async () => {
    const { run, events, now } = shop();
    expect(await run("config.replace", { text: `${text}# more\n`, dryRun: true })).toMatchObject({ changed: false });
    expect([now(), events]).toEqual([text, []]);
  });

  test("repairs a config that no other operation can work with", async () => {
    const { run, now } = shop("layout: [\n");
    expect(await run("config.check", {})).toMatchObject({ failures: [{ code: "config-invalid" }] });
    expect(await run("config.replace", { text })).toMatchObject({ changed: true });
    expect(now()).toBe(text);
  });
});

test("a version is of what the file says: nobody overwrites what somebody else has changed", async () => {
  const { run, now } = shop();
  const { version } = await run("config.show", {});
  await run("config.set", { path: "heartbeat_interval", value: 5000, version });
  await expect(run("config.set", { path: "heartbeat_interval", value: 9000, version })).rejects.toMatchObject({
    code: "config-changed",
  });
  await expect(run("config.replace", { text, version })).rejects.toMatchObject({ code: "config-changed" });
  expect(now()).toContain("heartbeat_interval: 5000");
  expect(String(version)).toHaveLength(22);
});

test("a value is JSON, a text stays one, and a secret may come this way and is not told", async () => {
  const { run, now, events } = shop();
  await run("config.set", { path: "cluster", value: "123" });
  expect(now()).toMatch(/cluster: ["']123["']/);
  const { value } = await run("config.set", { path: "token", value: "canary3" });
  expect(value).toBe("[REDACTED]");
  expect(now()).toContain("canary3");
  expect(JSON.stringify(events)).not.toContain("canary");
  await expect(run("config.set", { path: "cluster" })).rejects.toMatchObject({ code: "usage" });
});
