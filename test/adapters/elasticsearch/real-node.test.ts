/** Shipping to a real Elasticsearch, and back; one node for all tests of this file. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import Log from "../../../commands/log.ts";
import { openElastic } from "../../../src/adapters/elasticsearch/index.ts";
import { openEventFeed } from "../../../src/adapters/events/feed.ts";
import { openEventLog } from "../../../src/adapters/events/index.ts";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import { openStateFile, savedShipping } from "../../../src/adapters/state/index.ts";
import { openShippingLoop } from "../../../src/app/elastic/shipping.ts";
import { containerDocument, nodeDocument } from "../../../src/domain/elastic/measures.ts";
import { savedObjects } from "../../../src/domain/kibana/saved-objects.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { buildConfig } from "../../../src/domain/config/build.ts";
import type { Config, ElasticSection } from "../../../src/domain/config/types.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { startPictl } from "../../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../../support/command.ts";
import { elasticObstacle, type ElasticNode, startElasticsearch } from "../../support/elasticsearch/index.ts";
import { checkDashboards } from "../../support/elasticsearch/check-dashboards.ts";
import { startProxy } from "../../support/tcp-proxy.ts";

const obstacle = await elasticObstacle();

describe.skipIf(obstacle !== undefined)("a real Elasticsearch", { timeout: 180_000 }, () => {
  let node: ElasticNode;
  beforeAll(async () => {
    node = await startElasticsearch();
  }, 300_000);
  afterAll(() => node.stop());

  let clusters = 0;
  /** A cluster of its own, whose log is shipped to the node through a port, with a clock that the test moves. */
  function cluster(auth?: object) {
    clusters += 1;
    const name = `c${String(clusters)}`;
    const folder = mkdtempSync(join(tmpdir(), "pictl-shipping-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const raw = (port = node.port) => ({
      cluster: name,
      state_dir: folder,
      elasticsearch: `https://127.0.0.1:${String(port)}`,
      elasticsearch_ca: node.ca,
      elasticsearch_auth: auth ?? { username: "elastic", password: node.password },
    });
    const config = (port?: number, more: object = {}): Config =>
      buildConfig({ ...raw(port), ...more }, { resolvePath: (path) => path, defaultStateDir: folder }).config;
    const clock = { ms: Date.parse("2026-01-31T10:00:00.000Z") };
    const warn = (text: string): never => {
      throw new Error(text);
    };
    const log = openEventLog({ stateDir: folder, cluster: name, warn });
    const ports = {
      events: log,
      clock: {
        now: () => clock.ms,
        monotonic: () => clock.ms,
        sleep: () => Promise.resolve(),
        timeout: (ms: number) => AbortSignal.timeout(ms),
      },
      actor: { who: "root@here", cause: "pictl daemon" },
    };
    const shipping = openShippingLoop(ports, (section: ElasticSection) => ({
      elastic: openElastic(section, openSecrets(process.env)),
      feed: openEventFeed({ stateDir: folder, cluster: name }, () => Date.now() + 1e9),
      state: openStateFile(join(folder, "shipping.json"), savedShipping, { warn }),
      lock: () => Promise.resolve({ release: () => Promise.resolve() }),
      version: "1.2.3",
    }));
    const line = (event: Partial<PictlEvent>): string =>
      JSON.stringify({
        time: new Date(clock.ms).toISOString(),
        type: "container.moved",
        who: "root@here",
        cluster: name,
        ...event,
      });
    return {
      name,
      folder,
      config,
      clock,
      raw,
      /** A daemon's turn, some seconds after the one before. */
      turn: (seconds = 0, current = config()): Promise<void> => {
        clock.ms += seconds * 1000;
        if (!current.elasticsearch) throw new Error("no Elasticsearch in the config");
        return shipping.turn(current, current.elasticsearch, new AbortController().signal);
      },
      happens: (...events: readonly Partial<PictlEvent>[]) => {
        mkdirSync(folder, { recursive: true });
        appendFileSync(join(folder, `events-${name}.jsonl`), events.map((event) => `${line(event)}\n`).join(""), {
          mode: 0o600,
        });
      },
      own: async (): Promise<PictlEvent[]> => {
        const all: PictlEvent[] = [];
        for await (const event of log.read({ follow: false, signal: new AbortController().signal })) {
          if (event.type.startsWith("elasticsearch.")) all.push(event);
        }
        return all;
      },
      /** Numbers in `after.n` of what is there, sorted; each as often as it is there. */
      there: async (): Promise<number[]> => {
        await node.ask("POST", `/logs-pictl.events-${name}/_refresh?ignore_unavailable=true`);
        const { hits } = (await node.ask("POST", `/logs-pictl.events-${name}/_search?ignore_unavailable=true`, {
          size: 10_000,
          query: { term: { "event.action": "container.moved" } },
        })) as { hits: { hits: { _source: { event: { original: string } } }[] } };
        const numbers = hits.hits.map(({ _source }) => JSON.parse(_source.event.original) as { after: { n: number } });
        return numbers.map(({ after }) => after.n).sort((a, b) => a - b);
      },
    };
  }
  const numbered = (from: number, to: number): Partial<PictlEvent>[] =>
    Array.from({ length: to - from }, (_, index) => ({ container: "web", after: { n: from + index } }));
  const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index);

  test("events come once each in the Elastic Common Schema, are found by a histogram, and are read back as they were", async () => {
    const { name, happens, turn, raw, folder, there } = cluster();
    const failover = {
      type: "container.failed-over",
      node: "n2",
      container: "web",
      before: "n1",
      after: "n2",
      durationMs: 850,
    };
    happens(
      { ...failover, time: "2026-01-30T09:30:00.000Z" },
      { ...failover, time: "2026-01-31T09:45:00.000Z" },
      ...numbered(0, 700),
    );
    await turn();
    await turn(5);
    expect(await there()).toEqual(range(700));
    const { aggregations, hits } = (await node.ask("POST", `/logs-pictl.events-${name}/_search`, {
      size: 1,
      query: { term: { "event.action": "container.failed-over" } },
      sort: ["@timestamp"],
      aggs: {
        days: {
          date_histogram: { field: "@timestamp", calendar_interval: "day" },
          aggs: { to: { terms: { field: "host.name" } } },
        },
      },
    })) as { aggregations: { days: { buckets: { doc_count: number }[] } }; hits: { hits: { _source: object }[] } };
    expect(aggregations.days.buckets.map(({ doc_count: count }) => count)).toEqual([1, 1]);
    expect(hits.hits[0]?._source).toMatchObject({
      event: { action: "container.failed-over", outcome: "success", duration: 850_000_000, type: ["change"] },
      container: { name: "web" },
      host: { name: "n2" },
      related: { hosts: ["n2", "n1"] },
      pictl: { before: { value: "n1" }, after: { value: "n2" } },
      agent: { version: "1.2.3" },
    });
    const path = join(folder, "config.json");
    writeFileSync(path, JSON.stringify({ ...raw(), layout: [] }), { mode: 0o600 });
    const words = ["--from", "elasticsearch", "--type", "container.failed-over", "--json"];
    const read = documentOf(await runCommand(Log, words, path)) as DocumentOf<{ events: PictlEvent[] }>;
    expect(read.result.events).toEqual([
      { ...failover, time: "2026-01-30T09:30:00.000Z", who: "root@here", cluster: name },
      { ...failover, time: "2026-01-31T09:45:00.000Z", who: "root@here", cluster: name },
    ]);
    const since = documentOf(await runCommand(Log, [...words, "--since", "2026-01-31T00:00Z"], path));
    expect((since as DocumentOf<{ events: PictlEvent[] }>).result.events).toHaveLength(1);
  });

  test("away for a minute: nothing is lost, nothing comes twice, one event when it fails and one when it does not", async () => {
    const { happens, turn, there, own, config } = cluster();
    happens(...numbered(0, 5));
    for (let seconds = 0; seconds < 60; seconds += 5) await turn(5, config(1));
    happens(...numbered(5, 8));
    await turn(300);
    await turn(5);
    expect(await there()).toEqual(range(8));
    expect((await own()).map(({ type }) => type)).toEqual(["elasticsearch.failed", "elasticsearch.recovered"]);
  });

  test("cut off in the middle of an answer: what was stored is there once", async () => {
    const { happens, turn, there, own, config } = cluster();
    const proxy = await startProxy({ target: node.port, cutAfterServerBytes: 9000 });
    onTestFinished(() => proxy.stop());
    happens(...numbered(0, 700));
    await turn(0, config(proxy.port));
    expect((await own()).map(({ type }) => type)).toEqual(["elasticsearch.failed"]);
    await turn(300);
    expect(await there()).toEqual(range(700));
  });

  test("cut off in the middle of an answer, and a new index of the stream before the next try: it is there once all the same", async () => {
    const { name, happens, turn, there, config } = cluster();
    const proxy = await startProxy({ target: node.port, cutAfterServerBytes: 9000 });
    onTestFinished(() => proxy.stop());
    happens(...numbered(0, 700));
    await turn(0, config(proxy.port));
    const stored = (await there()).length;
    expect(stored).toBeGreaterThan(0);
    await node.ask("POST", `/logs-pictl.events-${name}/_rollover`);
    await turn(300);
    expect(await there()).toEqual(range(700));
  });

  test("killed (kill -9) in the middle of a bulk: when it is back, nothing is lost and nothing is there twice", async () => {
    const { happens, turn, there, own, config } = cluster();
    let [sent, killAt, killed] = [0, Infinity, Promise.resolve()];
    const proxy = await startProxy({
      target: node.port,
      onClientBytes: (total) => {
        sent = total;
        if (total < killAt) return;
        killAt = Infinity;
        killed = node.kill();
      },
    });
    onTestFinished(() => proxy.stop());
    happens(...numbered(0, 3000));
    await turn(0, config(proxy.port));
    happens(...numbered(3000, 6000));
    // It takes as many bytes again, so that there is more to send.
    killAt = sent + sent / 2;
    await turn(5, config(proxy.port));
    await killed;
    await node.startAgain();
    expect((await own()).map(({ type }) => type)).toEqual(["elasticsearch.failed"]);
    const before = (await there()).length;
    expect([before > 3000, before < 6000]).toEqual([true, true]);
    await turn(300, config(proxy.port));
    expect(await there()).toEqual(range(6000));
    expect((await own()).map(({ type }) => type)).toEqual(["elasticsearch.failed", "elasticsearch.recovered"]);
  });

  test("slow: it takes its time, and comes once", async () => {
    const { happens, turn, there, own, config } = cluster();
    const proxy = await startProxy({ target: node.port });
    proxy.slow(150);
    onTestFinished(() => proxy.stop());
    happens(...numbered(0, 20));
    await turn(0, config(proxy.port));
    expect([await there(), await own()]).toEqual([range(20), []]);
  });

  test("full (429): it waits, and comes once", async () => {
    const { happens, turn, there, own } = cluster();
    const limit = (value: string | null): Promise<unknown> =>
      node.ask("PUT", "/_cluster/settings", { persistent: { "network.breaker.inflight_requests.limit": value } });
    happens(...numbered(0, 100));
    await turn();
    await limit("20kb");
    try {
      happens(...numbered(100, 300));
      await turn(5);
    } finally {
      await limit(null);
    }
    expect((await own()).map(({ error }) => error)).toEqual([expect.stringContaining("is full or busy (HTTP 429)")]);
    await turn(300);
    expect(await there()).toEqual(range(300));
  });

  test.each<[string, (at: ReturnType<typeof cluster>) => Config, string]>([
    [
      "a wrong password",
      ({ config }) => config(undefined, { elasticsearch_auth: { username: "elastic", password: "hunter2-wrong" } }),
      "refuses the login (HTTP 401)",
    ],
    ["no login", ({ config }) => config(undefined, { elasticsearch_auth: undefined }), "refuses the login (HTTP 401)"],
    [
      "a certificate that nobody vouches for",
      ({ config }) => config(undefined, { elasticsearch_ca: undefined }),
      "vouches for its certificate",
    ],
    [
      "HTTP in the place of HTTPS",
      ({ config }) => config(undefined, { elasticsearch: `http://127.0.0.1:${String(node.port)}` }),
      "cannot be used",
    ],
    [
      "a CA file that is not there",
      ({ config }) => config(undefined, { elasticsearch_ca: "/nowhere/ca.crt" }),
      "The CA file /nowhere/ca.crt",
    ],
  ])("%s is one event, without a word of the login; put right, nothing is lost", async (_what, wrong, message) => {
    const at = cluster();
    at.happens(...numbered(0, 3));
    await at.turn(0, wrong(at));
    await at.turn(10, wrong(at));
    const events = await at.own();
    expect(events).toMatchObject([{ type: "elasticsearch.failed", error: expect.stringContaining(message) as string }]);
    expect(JSON.stringify(events)).not.toContain("hunter2");
    await at.turn(300);
    expect(await at.there()).toEqual(range(3));
  });

  test("an API key that may write and no more is enough once the templates are there", async () => {
    await cluster().turn();
    const { encoded } = (await node.ask("POST", "/_security/api_key", {
      name: "writer",
      role_descriptors: {
        w: { indices: [{ names: ["logs-*", "metrics-*"], privileges: ["create_doc", "auto_configure"] }] },
      },
    })) as { encoded: string };
    const { happens, turn, there, own } = cluster({ api_key: encoded });
    happens(...numbered(0, 3));
    await turn();
    expect([await there(), await own()]).toEqual([range(3), []]);
  });

  test("measures are stored, and every panel of both dashboards finds its data", async () => {
    const { name, happens, turn, own } = cluster();
    const at = { container: "web", node: "n2" };
    happens(
      { type: "container.failed-over", ...at, before: "n1", after: "n2", durationMs: 900 },
      { type: "heartbeat.failed", ...at, error: "refused" },
      { type: "vip.moved", node: "n2", vip: "10.0.0.9", before: "n1", after: "n2" },
    );
    await turn();
    expect(await own()).toEqual([]);
    const options = { atMs: Date.now(), dataset: "pictl", cluster: name, agent: "here", version: "1.2.3" };
    const use = {
      node: "n2",
      state: "ready",
      cpuPercent: 50,
      memoryBytes: 500,
      memoryLimitBytes: 1000,
      networkRxBytes: 7,
      networkTxBytes: 8,
      networkRxBytesPerSecond: null,
      networkTxBytesPerSecond: null,
    };
    const row = {
      ...{
        node: "n2",
        reachable: true,
        cordoned: false,
        dockerVersion: "26.1",
        containersRunning: 2,
        containers: 3,
        vip: true,
      },
      ...{
        cpus: 4,
        load1: 0.5,
        memoryTotalBytes: 1000,
        memoryAvailableBytes: 750,
        diskTotalBytes: 2000,
        diskUsedBytes: 500,
      },
    };
    const known = { wanted: "running", health: null, uptimeMs: 1, restarts: 3 };
    const measures = [
      nodeDocument(row, use, options),
      containerDocument({ ...use, ...at, state: "running" }, known, { ...options, cpus: 4 }),
    ];
    const elastic = openElastic(
      {
        url: `https://127.0.0.1:${String(node.port)}`,
        dataset: "pictl",
        ca: node.ca,
        auth: { username: "elastic", password: { from: "literal", secret: new Secret(node.password) } },
      },
      openSecrets({}),
    );
    const signal = new AbortController().signal;
    const documents = measures.map(({ stream, key: id, body }) => ({ stream, id, body: JSON.stringify(body) }));
    // Of two controllers the second one finds it there.
    for (let time = 0; time < 2; time += 1) {
      expect(await elastic.store(documents, signal)).toEqual([{ state: "stored" }, { state: "stored" }]);
    }
    await elastic.close();
    await node.ask("POST", "/logs-pictl.*,metrics-pictl.*/_refresh");
    const { count } = (await node.ask("GET", `/metrics-pictl.node-${name}/_count`)) as { count: number };
    expect(count).toBe(1);
    const again = (await node.ask("POST", `/metrics-pictl.container-${name}/_search`, {
      query: { range: { "pictl.container.restarts": { gte: 3 } } },
    })) as { hits: { hits: object[] } };
    expect(again.hits.hits).toHaveLength(1);
    expect(await checkDashboards(savedObjects({ dataset: "pictl", cluster: name }), node)).toEqual({
      problems: [],
      panels: 14,
    });
  });

  test("a daemon ships by itself; `log --ship` ships what a stopped one left", async () => {
    const { folder, raw, name, happens } = cluster();
    const path = join(folder, "config.json");
    writeFileSync(path, JSON.stringify({ ...raw(), layout: [] }), { mode: 0o600 });
    const actions = async (): Promise<string[]> => {
      await node.ask("POST", `/logs-pictl.events-${name}/_refresh?ignore_unavailable=true`);
      const { hits } = (await node.ask(
        "GET",
        `/logs-pictl.events-${name}/_search?ignore_unavailable=true&size=100`,
      )) as {
        hits: { hits: { _source: { event: { action: string } } }[] };
      };
      return hits.hits.map(({ _source }) => _source.event.action).sort();
    };
    const daemon = startPictl(["daemon"], { config: path });
    onTestFinished(() => {
      daemon.kill("SIGKILL");
    });
    await expect.poll(actions, { timeout: 60_000, interval: 300 }).toContain("daemon.started");
    daemon.kill("SIGTERM");
    await daemon.ended;
    happens(...numbered(0, 3));
    const { code, stdout } = await runCommand(Log, ["--ship"], path);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+ events shipped\n$/)]);
    const all = await actions();
    expect(all.filter((action) => action === "container.moved")).toHaveLength(3);
    expect(all.filter((action) => action === "daemon.stopped")).toHaveLength(1);
    expect((await runCommand(Log, ["--ship"], path)).stdout).toBe("0 events shipped\n");
  });
});
