import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openEventFeed } from "../../../src/adapters/events/feed.ts";
import { openEventLog } from "../../../src/adapters/events/index.ts";
import { openHooks } from "../../../src/adapters/hooks/index.ts";
import { openNotices } from "../../../src/adapters/notices/index.ts";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import { openStateFile, savedNotices } from "../../../src/adapters/state/index.ts";
import type { NoticePorts } from "../../../src/app/notices/deliver.ts";
import { openNotifier } from "../../../src/app/notices/index.ts";
import { testNotices } from "../../../src/app/notices/test.ts";
import type { Config } from "../../../src/domain/config/types.ts";
import { buildConfig } from "../../../src/domain/config/build.ts";
import type { RawConfig } from "../../../src/domain/config/raw.ts";
import { type Exchange, fakeHttp } from "../../support/fake-http.ts";

/** A notifier over a real log, with a clock that the test moves, and a receiver that does as it is told. */
async function office() {
  const folder = mkdtempSync(join(tmpdir(), "pictl-notifier-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const got: { path: string; body: string }[] = [];
  const answer = {
    with: ({ json }: Exchange): void => {
      json({});
    },
  };
  const http = await fakeHttp((exchange) => {
    got.push({ path: exchange.url.pathname, body: exchange.body });
    answer.with(exchange);
  });
  onTestFinished(() => http.close());
  const clock = { ms: Date.parse("2026-01-31T10:00:00.000Z") };
  const log = openEventLog({ stateDir: folder, cluster: "shop", warn: () => undefined });
  const ports = {
    events: log,
    secrets: openSecrets({ ALERTS: `http://${http.host}/env` }),
    notices: openNotices({}),
    hooks: openHooks(folder),
    clock: { now: () => clock.ms, monotonic: () => clock.ms, sleep: () => Promise.resolve() },
    actor: { who: "me@here", cause: "pictl daemon" },
    progress: { warn: () => undefined },
  } as unknown as NoticePorts;
  const files = {
    feed: openEventFeed({ stateDir: folder, cluster: "shop" }, () => clock.ms + 1e9),
    state: openStateFile(join(folder, "notices.json"), savedNotices, {
      warn: (text) => {
        throw new Error(text);
      },
    }),
  };
  const config = (raw: RawConfig): Config =>
    buildConfig({ cluster: "shop", ...raw }, { resolvePath: (path) => path, defaultStateDir: folder }).config;
  const happens = (type: string, parts: object = {}): Promise<void> =>
    log.append({ time: new Date(clock.ms).toISOString(), type, who: "me@here", cluster: "shop", ...parts });
  return { folder, got, answer, host: http.host, clock, ports, files, config, happens, log };
}

const types = async ({ log }: Awaited<ReturnType<typeof office>>): Promise<string[]> => {
  const all: string[] = [];
  for await (const { type } of log.read({ follow: false, signal: new AbortController().signal })) all.push(type);
  return all;
};

test("what began and what ended are told once each, by one process after the other; what was before is not", async () => {
  const at = await office();
  const config = at.config({ notify: [{ to: "env:ALERTS", on: ["node.*"], every: "0" }] });
  await at.happens("node.silent", { node: "n1", error: "old" });
  let notifier = openNotifier(at.ports, at.files);
  const turn = async (ms: number): Promise<void> => {
    at.clock.ms += ms;
    await notifier.turn(config);
    await notifier.settled();
  };
  await turn(0);
  await at.happens("node.silent", { node: "n2", error: "no answer" });
  await turn(0);
  expect(at.got).toEqual([]);
  await turn(2000);
  // Another daemon: it knows what it was told.
  notifier = openNotifier(at.ports, at.files);
  await at.happens("node.silent", { node: "n2", error: "no answer" });
  await turn(5000);
  await turn(5000);
  await at.happens("node.up", { node: "n2" });
  await turn(0);
  await turn(2000);
  await turn(60_000);
  const titles = at.got.map(({ body }) => (JSON.parse(body) as { title: string }).title);
  expect(titles).toEqual(["shop: n2 does not answer", "shop: n2 answers again"]);
});

test("a receiver that fails is tried again, later each time, and loses nothing; one event when it fails, one when it does not", async () => {
  const at = await office();
  const config = at.config({ notify: [{ to: "env:ALERTS", on: ["*.moved"], every: "0" }] });
  const notifier = openNotifier(at.ports, at.files);
  await notifier.turn(config);
  at.answer.with = ({ json }) => {
    json({}, 503);
  };
  await at.happens("container.moved", { container: "web", node: "n2", before: "n1", after: "n2" });
  for (let second = 0; second < 20; second += 1) {
    at.clock.ms += 1000;
    await notifier.turn(config);
    await notifier.settled();
  }
  // After 2 s, and then 2, 4 and 8 s later.
  expect(at.got).toHaveLength(4);
  await at.happens("container.moved", { container: "db", node: "n2", before: "n1", after: "n2" });
  at.answer.with = ({ json }) => {
    json({});
  };
  at.clock.ms += 300_000;
  await notifier.turn(config);
  await notifier.settled();
  expect((JSON.parse(at.got.at(-1)?.body ?? "") as { text: string }).text).toMatch(/Z web, db moved: n1 → n2$/);
  expect((await types(at)).filter((type) => type.startsWith("notice."))).toEqual(["notice.failed", "notice.sent"]);
});

test("one that hangs keeps no turn and no other receiver waiting", async () => {
  const at = await office();
  const config = at.config({
    notify: [
      { to: `http://${at.host}/slow`, on: ["*.moved"], every: "0" },
      { to: `http://${at.host}/quick`, on: ["*.moved"], every: "0" },
    ],
  });
  const notifier = openNotifier(at.ports, at.files);
  await notifier.turn(config);
  let release: () => void = () => undefined;
  at.answer.with = ({ url, json }) => {
    if (url.pathname === "/quick") json({});
    else
      release = () => {
        json({});
      };
  };
  for (const container of ["a", "b"]) {
    await at.happens("container.moved", { container, before: "n1", after: "n2" });
    await notifier.turn(config);
    at.clock.ms += 3000;
    await notifier.turn(config);
    await expect.poll(() => at.got.filter(({ path }) => path === "/quick").length).toBe(container === "a" ? 1 : 2);
  }
  expect(at.got.filter(({ path }) => path === "/slow")).toHaveLength(1);
  release();
  await notifier.settled();
});

test("the daemon's hooks: nodes, failures, leaders, each on a change; a hook's own failure calls no hook", async () => {
  const at = await office();
  const file = join(at.folder, "hooks");
  const config = at.config({
    hooks: { on_node_change: `cat >>${file}`, on_failure: `cat >>${file}; exit 1`, on_leader_change: `cat >>${file}` },
  });
  const notifier = openNotifier(at.ports, at.files);
  await notifier.turn(config);
  await at.happens("node.silent", { node: "n1" });
  await at.happens("heartbeat.failed", { node: "n1", container: "web" });
  await at.happens("container.create-failed", { node: "n2", container: "db", error: "no image" });
  await at.happens("daemon.leads");
  for (let time = 0; time < 4; time += 1) {
    at.clock.ms += 3000;
    await notifier.turn(config);
    await notifier.settled();
  }
  await at.happens("node.up", { node: "n1" });
  for (let time = 0; time < 2; time += 1) {
    at.clock.ms += 3000;
    await notifier.turn(config);
    await notifier.settled();
  }
  const told = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; containers?: string[] });
  expect(told.map(({ type, containers }) => `${type} ${String(containers ?? "")}`.trim()).sort()).toEqual([
    "container.create-failed",
    "daemon.leads",
    "node.silent web",
    "node.up web",
  ]);
});

test("notify test: each receiver's answer, and what to do about one that has none", async () => {
  const at = await office();
  const config = at.config({ notify: [{ to: "env:ALERTS" }, { to: "env:NONE" }, { to: "ntfy+http://127.0.0.1:1/t" }] });
  const { result, failures } = await testNotices(at.ports, config);
  expect(result.receivers.map(({ ok, answer }) => [ok, answer])).toEqual([
    [true, "HTTP 200"],
    [false, "The environment variable NONE, which holds a secret, is not set"],
    [false, "its port belongs to another protocol, so that no web client uses it"],
  ]);
  expect(failures.map(({ message }) => message)).toEqual([
    "2: env:NONE did not take the message: The environment variable NONE, which holds a secret, is not set.",
    "3: ntfy+http://127.0.0.1:1/… did not take the message: its port belongs to another protocol, so that no web client uses it.",
  ]);
  expect((await testNotices(at.ports, at.config({}))).failures).toMatchObject([{ code: "usage" }]);
});
