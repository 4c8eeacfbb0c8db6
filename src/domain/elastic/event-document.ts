import type { PictlEvent } from "../events/event.ts";
import { eventWords, isFailureType } from "../events/event-words.ts";
import { part } from "./streams.ts";

export interface DocumentOptions {
  /** The document's id. */
  readonly id: string;
  /** Where the event stands in its file: orders what happened in one millisecond. */
  readonly sequence: number;
  readonly dataset: string;
  readonly cluster: string;
  /** pictl's. */
  readonly version: string;
}

/** An event in the Elastic Common Schema (8.x). What is ours and has no field there is below `pictl`. */
export function eventDocument(event: PictlEvent, options: DocumentOptions): object {
  const { time, type, node, container, vip, before, after, cause, who, error, face, job, address, durationMs } = event;
  const { id, sequence, dataset, cluster, version } = options;
  const [name = "", domain] = who.split("@");
  const isImage = type.startsWith("image.");
  const outcome = outcomeOf(event);
  return defined({
    "@timestamp": time,
    message: eventWords(event),
    ecs: { version: "8.11.0" },
    event: defined({
      kind: "event",
      module: "pictl",
      dataset: `${part(dataset)}.events`,
      id,
      sequence,
      action: type,
      category: categoryOf(type),
      type: typesOf(type),
      outcome,
      duration: durationMs === undefined ? undefined : Math.round(durationMs * 1e6),
      reason: cause,
      // What `log --from elasticsearch` reads back.
      original: JSON.stringify(event),
    }),
    data_stream: { type: "logs", dataset: `${part(dataset)}.events`, namespace: part(cluster) },
    log: { level: levelOf(event, outcome) },
    host: node === undefined ? undefined : { name: node },
    container: containerOf(event, isImage),
    user: defined({ name, domain }),
    related: defined({ user: [name], hosts: hostsOf(node, before, after) }),
    source: address === undefined || !isAddress(address) ? undefined : { ip: address },
    agent: defined({ name: domain, type: "pictl", version }),
    orchestrator: { type: "pictl", cluster: { name: event.cluster ?? cluster } },
    error: error === undefined ? undefined : { message: error },
    pictl: defined({
      before: asObject(before),
      after: asObject(after),
      vip,
      who,
      cause,
      face,
      job,
      container: isImage ? undefined : container,
    }),
  });
}

function defined(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function containerOf({ container, containers }: PictlEvent, isImage: boolean): object | undefined {
  if (container === undefined) return containers === undefined ? undefined : { name: containers };
  return isImage ? { image: { name: container } } : { name: container, runtime: "docker" };
}

/** A field of the type `flattened` holds objects alone. */
function asObject(value: unknown): object | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" && !Array.isArray(value) ? value : { value };
}

function hostsOf(node: string | undefined, before: unknown, after: unknown): readonly string[] | undefined {
  const hosts = [node, before, after].filter((each) => typeof each === "string");
  return hosts.length === 0 || node === undefined ? undefined : [...new Set(hosts)];
}

function isAddress(text: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]+$/i.test(text);
}

function outcomeOf({ type, error }: PictlEvent): "success" | "failure" | "unknown" {
  if (isFailureType(type)) return "failure";
  return error === undefined ? "success" : "unknown";
}

function levelOf({ error }: PictlEvent, outcome: string): "error" | "warning" | "info" {
  if (outcome === "failure") return "error";
  return error === undefined ? "info" : "warning";
}

const categories: Readonly<Record<string, string>> = {
  config: "configuration",
  container: "process",
  image: "package",
  vip: "network",
  command: "process",
  shell: "session",
  hook: "process",
  state: "file",
};

/** Of the list of ECS, which knows no containers: they are processes on a host. */
function categoryOf(type: string): readonly string[] {
  const [family = ""] = type.split(".");
  if (type === "container.added" || type === "container.edited" || type === "container.removed") {
    return ["configuration"];
  }
  return [categories[family] ?? "host"];
}

const verbs: Readonly<Record<string, string>> = {
  created: "creation",
  added: "creation",
  built: "creation",
  pulled: "installation",
  deleted: "deletion",
  removed: "deletion",
  "cleaned-up": "deletion",
  started: "start",
  restarted: "start",
  up: "start",
  stopped: "end",
  closed: "end",
  released: "end",
  moved: "change",
  "failed-over": "change",
  changed: "change",
  edited: "change",
  reloaded: "change",
  cordoned: "change",
  uncordoned: "change",
  refused: "denied",
};

function typesOf(type: string): readonly string[] {
  const verb = type.slice(type.indexOf(".") + 1);
  const known = verbs[verb];
  if (known !== undefined) return [known];
  return [isFailureType(type) ? "error" : "info"];
}
