import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { Config } from "@oclif/core";
import { fileURLToPath } from "node:url";
import ConfigSet from "../../commands/config/set.ts";
import ContainerEdit from "../../commands/container/edit.ts";
import Log from "../../commands/log.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { temporaryFile } from "../adapters/config/folder.ts";
import { documentOf, type DocumentOf, runCommand } from "../support/command.ts";

/** A config whose one node cannot be reached: nothing listens there. */
function configFile(more: object = {}): { readonly path: string; readonly state: string } {
  const path = temporaryFile(
    JSON.stringify({
      cluster: "shop",
      state_dir: "state",
      ssh: { port: 1, connect_timeout: 1, user: "nobody" },
      layout: [{ node: "127.0.0.9", web: { image: "redis:7", args: "-p 80:80" } }, { node: "127.0.0.8" }],
      hb: [],
      vip_ip: "10.99.9.9",
      vip: [{ node: "127.0.0.9", vip_eth_device: "lo" }],
      ...more,
    }),
    "config.json",
  );
  return { path, state: join(dirname(path), "state") };
}

async function eventsOf(path: string, ...words: string[]): Promise<readonly PictlEvent[]> {
  const document = documentOf(await runCommand(Log, ["--json", ...words], path)) as DocumentOf<{
    events: PictlEvent[];
  }>;
  return document.result.events;
}

const composeFile = fileURLToPath(new URL("import/files/pihole.yaml", import.meta.url));

/** What each command with `--dry-run` is given here; the test fails for one that is not among them. */
const rehearsals: Readonly<Record<string, readonly string[]>> = {
  apply: [],
  build: [],
  "config:set": ["ssh.user", "pi"],
  "container:add": ["db", "--node", "127.0.0.9", "--image", "redis:7"],
  "container:edit": ["web", "--args=-p 81:80", "--run"],
  "container:remove": ["web"],
  create: ["web"],
  delete: ["web"],
  exec: ["true"],
  "image:push": ["redis:7"],
  "image:remove": ["redis:7"],
  import: [composeFile, "--node", "127.0.0.8"],
  init: ["--node", "127.0.0.7"],
  move: ["web", "127.0.0.8"],
  "node:add": ["127.0.0.7"],
  "node:cordon": ["127.0.0.9"],
  "node:drain": ["127.0.0.9"],
  "node:remove": ["127.0.0.8", "--force"],
  "node:trust": ["127.0.0.9"],
  "node:uncordon": ["127.0.0.9"],
  prune: [],
  pull: ["redis:7"],
  restart: ["web"],
  rollback: ["web"],
  run: ["disk"],
  start: ["web"],
  stop: ["web"],
  "vip:move": ["127.0.0.9"],
  "vip:release": [],
};

test("a dry run of any command writes no event, also when it fails", { timeout: 120_000 }, async () => {
  const { path, state } = configFile({ commandlist: [{ disk: "df" }] });
  const before = readFileSync(path, "utf8");
  const oclif = await Config.load(fileURLToPath(new URL("../..", import.meta.url)));
  const aliases = new Set(oclif.commands.flatMap((command) => command.aliases));
  for (const { id } of oclif.commands.filter((each) => "dry-run" in each.flags && !aliases.has(each.id))) {
    const words = rehearsals[id];
    if (words === undefined) throw new Error(`${id} has --dry-run: say here how it is called`);
    const file = fileURLToPath(new URL(`../../commands/${id.replaceAll(":", "/")}.ts`, import.meta.url));
    const module = (await import(existsSync(file) ? file : file.replace(/\.ts$/, "/index.ts"))) as {
      default: Parameters<typeof runCommand>[0];
    };
    const { code, stderr } = await runCommand(module.default, [...words, "--dry-run"], path);
    // 2 would be a command line that does not say what it should.
    expect([id, code === 2 ? stderr : ""]).toEqual([id, ""]);
    const files = existsSync(state) ? readdirSync(state) : [];
    expect([id, files.filter((name) => name.startsWith("events"))]).toEqual([id, []]);
  }
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("each cluster of a state folder has its own log; what was written before is still read by each", async () => {
  const { path, state } = configFile();
  const other = join(dirname(path), "other.json");
  writeFileSync(other, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), cluster: "bank" }));
  mkdirSync(state, { mode: 0o700 });
  const old = { time: "2025-01-31T10:00:00.000Z", type: "container.created", who: "root@here" };
  writeFileSync(join(state, "events.1.jsonl"), `${JSON.stringify({ ...old, container: "first" })}\n`, { mode: 0o600 });
  writeFileSync(join(state, "events.jsonl"), `${JSON.stringify({ ...old, container: "second" })}\n`, { mode: 0o600 });
  await runCommand(ConfigSet, ["heartbeat_interval", "5000"], path);
  await runCommand(ConfigSet, ["heartbeat_interval", "6000"], other);
  const seen = (events: readonly PictlEvent[]) =>
    events.map(({ container, cluster, after }) => [container ?? cluster, after]);
  expect(seen(await eventsOf(path))).toEqual([
    ["first", undefined],
    ["second", undefined],
    ["shop", { heartbeat_interval: 5000 }],
  ]);
  expect(seen(await eventsOf(other)).slice(2)).toEqual([["bank", { heartbeat_interval: 6000 }]]);
});

test("config set and container edit tell what stood there and what stands there now, without secrets", async () => {
  const { path } = configFile({ token: "hunter2" });
  await runCommand(ConfigSet, ["ssh.user", "pi"], path);
  await runCommand(ContainerEdit, ["web", "--args=-p 81:80 -e PW=hunter2", "--hb", "81", "--yes"], path);
  expect(await eventsOf(path)).toMatchObject([
    { type: "config.changed", before: { "ssh.user": "nobody" }, after: { "ssh.user": "pi" }, cluster: "shop" },
    {
      type: "container.edited",
      container: "web",
      node: "127.0.0.9",
      before: { "layout[0].web.args": "-p 80:80" },
      after: { "layout[0].web.args": "-p 81:80 -e PW=…", hb: [{ node: "127.0.0.9", web: "81" }] },
    },
  ]);
  expect(JSON.stringify(await eventsOf(path))).not.toContain("hunter");
});

test("log --important hides what only says again what was said", async () => {
  const { path, state } = configFile();
  mkdirSync(state, { mode: 0o700 });
  const event = (minute: number, type: string, error?: string) =>
    JSON.stringify({
      time: `2026-01-31T10:0${String(minute)}:00.000Z`,
      type,
      node: "n1",
      container: "web",
      who: "root@here",
      cluster: "shop",
      ...(error === undefined ? {} : { error }),
    });
  const lines = [
    event(0, "heartbeat.failed", "no answer"),
    event(1, "hook.run"),
    event(1, "container.restarted"),
    event(2, "heartbeat.failed", "no answer"),
    event(2, "container.restarted"),
    event(3, "heartbeat.recovered"),
  ];
  writeFileSync(join(state, "events-shop.jsonl"), `${lines.join("\n")}\n`, { mode: 0o600 });
  expect(await eventsOf(path)).toHaveLength(6);
  const important = (await eventsOf(path, "--important")).map(({ type, time }) => `${time.slice(14, 16)} ${type}`);
  expect(important).toEqual(["00 heartbeat.failed", "01 container.restarted", "03 heartbeat.recovered"]);
  // What is asked for by type is judged by all that happened.
  const restarts = await eventsOf(path, "--important", "--type", "container.restarted");
  expect(restarts).toHaveLength(1);
});
