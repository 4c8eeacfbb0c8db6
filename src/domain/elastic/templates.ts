import { deletesByItself, type ElasticServer } from "./server.ts";
import { part } from "./streams.ts";

export interface IndexTemplate {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const keyword = { type: "keyword", ignore_above: 1024 };
const long = { type: "long" };
const double = { type: "double" };
const text = { type: "text" };
/** OpenSearch's own name for it, which knows no limit. */
const flattenedOf = ({ product }: ElasticServer): object =>
  product === "opensearch" ? { type: "flat_object" } : { type: "flattened", ignore_above: 1024 };
const kept = { type: "keyword", index: false, doc_values: false };
const object = (properties: object): object => ({ properties });

const common = {
  "@timestamp": { type: "date" },
  data_stream: object({ type: keyword, dataset: keyword, namespace: keyword }),
  ecs: object({ version: keyword }),
  host: object({
    name: keyword,
    cpu: object({ usage: double }),
    network: object({ ingress: object({ bytes: long }), egress: object({ bytes: long }) }),
  }),
  agent: object({ name: keyword, type: keyword, version: keyword }),
  orchestrator: object({ type: keyword, cluster: object({ name: keyword }) }),
  container: object({
    name: keyword,
    runtime: keyword,
    id: keyword,
    image: object({ name: keyword }),
    cpu: object({ usage: double }),
    memory: object({ usage: double }),
    network: object({ ingress: object({ bytes: long }), egress: object({ bytes: long }) }),
  }),
};

const eventsOn = (flattened: object): object => ({
  ...common,
  message: text,
  event: object({
    kind: keyword,
    module: keyword,
    dataset: keyword,
    id: keyword,
    sequence: long,
    action: keyword,
    category: keyword,
    type: keyword,
    outcome: keyword,
    duration: long,
    reason: keyword,
    original: kept,
  }),
  log: object({ level: keyword }),
  user: object({ name: keyword, domain: keyword }),
  related: object({ user: keyword, hosts: keyword }),
  source: object({ ip: { type: "ip" } }),
  user_agent: object({ original: keyword }),
  error: object({ message: text, code: keyword }),
  pictl: object({
    before: flattened,
    after: flattened,
    vip: keyword,
    who: keyword,
    cause: keyword,
    face: keyword,
    job: keyword,
    container: keyword,
  }),
});

const nodes = {
  ...common,
  event: object({ kind: keyword, module: keyword, dataset: keyword }),
  system: object({
    load: object({ "1": double }),
    memory: object({ total: long, used: object({ bytes: long, pct: double }) }),
    filesystem: object({ total: long, used: object({ bytes: long, pct: double }) }),
  }),
  pictl: object({
    node: object({
      state: keyword,
      cordoned: { type: "boolean" },
      vip: { type: "boolean" },
      docker_version: keyword,
      clock_skew_ms: long,
      containers: object({ running: long, total: long }),
    }),
  }),
};

const containers = {
  ...common,
  event: object({ kind: keyword, module: keyword, dataset: keyword }),
  pictl: object({
    container: object({
      state: keyword,
      wanted: keyword,
      health: keyword,
      restarts: long,
      uptime_ms: long,
      memory_bytes: long,
    }),
  }),
};

/** Of all clusters with this dataset, for this server. Core types only, so that every license takes them. */
export function indexTemplates(dataset: string, server: ElasticServer): readonly IndexTemplate[] {
  const set = part(dataset);
  const lasting = (days: number): object =>
    deletesByItself(server) ? { lifecycle: { data_retention: `${String(days)}d` } } : {};
  return [
    template(`logs-${set}.events`, { properties: eventsOn(flattenedOf(server)), lifecycle: lasting(365) }),
    template(`metrics-${set}.node`, { properties: nodes, lifecycle: lasting(30) }),
    template(`metrics-${set}.container`, { properties: containers, lifecycle: lasting(30) }),
  ];
}

function template(name: string, { properties, lifecycle }: { properties: object; lifecycle: object }): IndexTemplate {
  return {
    name,
    body: {
      index_patterns: [`${name}-*`],
      // Above Elastic's own for logs-*-* and metrics-*-* (100), and as high as the ones of integrations.
      priority: 500,
      data_stream: {},
      template: {
        settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
        ...lifecycle,
        mappings: { dynamic: false, properties },
      },
      _meta: { managed_by: "pictl", description: "Events and measures of a pictl cluster" },
    },
  };
}
