import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { elasticObstacle, type ElasticNode, startElasticsearch } from "../../../test/support/elasticsearch/index.ts";
import { eventDocument } from "../../../src/domain/elastic/event-document.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { compare } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

const events = 10_000;
const runs = 5;

/** `log --ship` of many events to a real Elasticsearch, against the official client's `helpers.bulk` of the same documents. */
export const rows: Group = async () => {
  const obstacle = await elasticObstacle();
  if (obstacle !== undefined) throw new Error(`Nothing to ship to: ${obstacle}`);
  const node = await startElasticsearch();
  const folder = await mkdtemp(join(tmpdir(), "bench-elastic-"));
  try {
    await fill(folder, node);
    const script = (last: readonly string[]): readonly string[] => [
      "bash",
      "-c",
      eachInItsOwnStream,
      "bash",
      folder,
      ...last,
    ];
    const ship = script([...pictl, "log", "--ship", "--config"]);
    // The templates are there then, for both.
    await compare({ ship }, 1);
    const { ours, client } = await compare(
      { ours: ship, client: script([process.execPath, join(folder, "peer.mjs")]) },
      runs,
    );
    if (!ours || !client) throw new Error("a peer is missing");
    const what = `of shipping ${events.toLocaleString("en")} events to an Elasticsearch`;
    return [
      { what: `wall time ${what}`, value: ours.wallMs / 1000, atMost: 10, unit: "s" },
      { what: `memory ${what}`, value: ours.peakBytes / 1e6, atMost: 150, unit: "MB" },
      { what: `wall time ${what} against helpers.bulk`, value: ours.wallMs / client.wallMs, atMost: 2, unit: "×" },
    ];
  } finally {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Runs a command on the config of a cluster that nothing was shipped of. */
const eachInItsOwnStream = `cd "$1"; shift
cluster=b$(date +%s%N)
cp events.jsonl "state/events-$cluster.jsonl"
sed "s/CLUSTER/$cluster/" config.template >"$cluster.json"
chmod 600 "$cluster.json" "state/events-$cluster.jsonl"
exec "$@" "$PWD/$cluster.json"`;

async function fill(folder: string, { port, password, ca }: ElasticNode): Promise<void> {
  const all = Array.from({ length: events }, (_, index) => eventOf(index));
  await mkdir(join(folder, "state"), { mode: 0o700 });
  await writeFile(join(folder, "events.jsonl"), lines(all));
  const config = {
    cluster: "CLUSTER",
    state_dir: join(folder, "state"),
    elasticsearch: `https://127.0.0.1:${String(port)}`,
    elasticsearch_ca: ca,
    elasticsearch_auth: { username: "elastic", password },
    layout: [],
  };
  await writeFile(join(folder, "config.template"), JSON.stringify(config));
  const documents = all.map((event, sequence) =>
    eventDocument(event, {
      id: `id-${String(sequence)}`,
      sequence,
      dataset: "pictl",
      cluster: "CLUSTER",
      version: "1",
    }),
  );
  await writeFile(join(folder, "documents.jsonl"), lines(documents));
  await writeFile(join(folder, "peer.mjs"), peer);
}

function lines(all: readonly object[]): string {
  return all.map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** As a cluster has them: one failover in a hundred, checks that fail in between. */
function eventOf(index: number): PictlEvent {
  const at = {
    time: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    who: "root@controller",
    cause: "pictl daemon",
  };
  const [container, node] = [`web${String(index % 50)}`, `n${String(index % 10)}`];
  if (index % 100 === 0)
    return { ...at, type: "container.failed-over", container, node, before: "n11", after: node, durationMs: index };
  return {
    ...at,
    type: "heartbeat.failed",
    container,
    node,
    error: "GET http://127.0.0.1:8080/health: HTTP 503 Service Unavailable",
  };
}

const client = import.meta.resolve("@elastic/elasticsearch");
const peer = `import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Client } from ${JSON.stringify(client)};
const config = JSON.parse(readFileSync(process.argv[2]));
const client = new Client({ node: config.elasticsearch, auth: config.elasticsearch_auth, tls: { ca: readFileSync(config.elasticsearch_ca) } });
const { successful, failed } = await client.helpers.bulk({
  datasource: createInterface({ input: createReadStream("documents.jsonl") }),
  onDocument: () => ({ create: { _index: "logs-pictl.events-" + config.cluster } }),
});
if (successful !== ${String(events)} || failed !== 0) throw new Error(successful + " came");
await client.close();
`;
