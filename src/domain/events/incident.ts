import type { PictlEvent } from "./event.ts";
import { pulledImage } from "./event-words.ts";

/**
 * What an event means beside those before it: it begins something that lasts, ends it, is one thing by itself, or says
 * once more what was said. `routine` is worth no look by itself.
 */
export type Meaning = "begins" | "ends" | "once" | "repeats" | "routine";

/** Something that has begun and not ended. */
export interface Incident {
  /** RFC 3339. */
  readonly since: string;
  readonly type: string;
  readonly error?: string;
  /** What has been done about it meanwhile, each told once. */
  readonly done: readonly string[];
}

/** What is going on, by its subject (`check web@n1`, `node n2`). */
export type Incidents = Readonly<Record<string, Incident>>;

export interface Understood {
  readonly incidents: Incidents;
  readonly meaning: Meaning;
  /** The subject, where it begins, repeats or ends something. */
  readonly subject?: string;
  /** What it ends, and since when that went on. */
  readonly ended: readonly Ended[];
}

export interface Ended extends Incident {
  readonly subject: string;
}

/** Subjects that are kept; of more the oldest is forgotten. */
const maxIncidents = 500;

/** Reads one event after the other: pure, so that the log, the notices and the hooks mean the same by "begins". */
export function understand(incidents: Incidents, event: PictlEvent): Understood {
  const ends = endedBy(event).filter((subject) => incidents[subject] !== undefined);
  const left = ends.length === 0 ? incidents : without(incidents, new Set(ends));
  const ended = ends.flatMap((subject) => {
    const incident = incidents[subject];
    return incident === undefined ? [] : [{ subject, ...incident }];
  });
  const subject = begunBy(event);
  if (subject !== undefined) return begin({ incidents: left, ended, subject, event });
  if (ended.length > 0) return { incidents: left, meaning: "ends", subject: ended[0]?.subject ?? "", ended };
  if (endsOnly.has(event.type) || routine.has(event.type)) return { incidents: left, meaning: "routine", ended };
  return during(left, event);
}

function begin({
  incidents,
  ended,
  subject,
  event,
}: {
  readonly incidents: Incidents;
  readonly ended: readonly Ended[];
  readonly subject: string;
  readonly event: PictlEvent;
}): Understood {
  const known = incidents[subject];
  const { type, time, error } = event;
  // A check fails with many words; what a person did and failed is news whenever it fails otherwise.
  const same = known?.type === type && (known.error === error || type === "heartbeat.failed");
  if (same) return { incidents, meaning: "repeats", subject, ended };
  const incident: Incident = { since: known?.since ?? time, type, done: [], ...(error === undefined ? {} : { error }) };
  return { incidents: bounded({ ...incidents, [subject]: incident }), meaning: "begins", subject, ended };
}

/** What is done to a container again and again while its check fails is told the first time. */
function during(incidents: Incidents, event: PictlEvent): Understood {
  const subject = checkOf(event);
  const incident = subject === undefined ? undefined : incidents[subject];
  if (subject === undefined || !incident) return { incidents, meaning: "once", ended: [] };
  if (incident.done.includes(event.type)) return { incidents, meaning: "repeats", subject, ended: [] };
  const next = { ...incident, done: [...incident.done, event.type] };
  return { incidents: { ...incidents, [subject]: next }, meaning: "once", ended: [] };
}

/** It says more than that something is over, so that it is news also to who was not told of the beginning. */
export function isNewsByItself({ type }: Pick<PictlEvent, "type">): boolean {
  return !endsOnly.has(type) && !routine.has(type);
}

/** Told by what they begin or end; by themselves they say nothing new. */
const endsOnly: ReadonlySet<string> = new Set(["heartbeat.recovered", "hook.run"]);
const routine: ReadonlySet<string> = new Set(["hook.run", "heartbeat.starting", "container.switching", "job.done"]);

function begunBy(event: PictlEvent): string | undefined {
  const { type, node, vip } = event;
  switch (type) {
    case "node.silent":
    case "node.refused":
    case "node.docker-silent":
      return `node ${String(node)}`;
    case "heartbeat.failed":
      return checkOf(event);
    case "controller.isolated":
      return "controller";
    case "config.refused":
      return "config";
    case "state.unwritable":
      return "state";
    case "daemon.unelected":
      return "leader";
    case "vip.waiting":
    case "vip.conflict":
      return `vip ${String(vip)}`;
    case "hook.failed":
      return `hook ${hookOf(event)}`;
    case "elasticsearch.failed":
      return "elasticsearch";
    case "notice.failed":
      return `notice ${String(event.after)}`;
    default:
      return type.endsWith("-failed") ? `${type} ${placeOf(event)}` : undefined;
  }
}

function endedBy(event: PictlEvent): readonly string[] {
  const { type, node, vip, container, before } = event;
  switch (type) {
    case "node.up":
    case "node.removed":
      return [`node ${String(node)}`];
    case "heartbeat.recovered":
      return [checkOf(event) ?? ""];
    case "container.failed-over":
    case "container.moved":
      return [
        `check ${String(container)}@${String(before)}`,
        `container.failover-failed ${String(container)}@${String(before)}`,
        `container.move-failed ${String(container)}@${String(before)}`,
        ...acts(event),
      ];
    case "container.deleted":
    case "container.removed":
      return [checkOf(event) ?? "", ...acts(event)];
    case "container.created":
    case "container.started":
    case "container.restarted":
      return acts(event);
    case "container.stopped":
      return [`container.stop-failed ${placeOf(event)}`];
    case "image.built":
    case "image.delivered":
      return [`image.build-failed ${placeOf(event)}`];
    case "image.pulled":
      return [`image.pull-failed ${placeOf(event)}`];
    case "controller.rejoined":
      return ["controller"];
    case "config.reloaded":
      return ["config"];
    case "state.writable":
      return ["state"];
    case "daemon.leads":
    case "daemon.stands-by":
      return ["leader"];
    case "vip.moved":
    case "vip.released":
      return [`vip ${String(vip)}`];
    case "vip.removed":
    case "vip.taken-back":
      return [`vip.remove-failed ${placeOf(event)}`];
    case "hook.run":
      return [`hook ${hookOf(event)}`];
    case "elasticsearch.recovered":
      return ["elasticsearch"];
    case "notice.sent":
      return [`notice ${String(event.after)}`];
    default:
      return [];
  }
}

/** What of a container may have failed before it was made or started after all. */
function acts(event: PictlEvent): readonly string[] {
  return ["create", "start", "restart", "delete"].map((verb) => `container.${verb}-failed ${placeOf(event)}`);
}

function checkOf({ container, node }: PictlEvent): string | undefined {
  return container === undefined || node === undefined ? undefined : `check ${container}@${node}`;
}

function placeOf(event: PictlEvent): string {
  const { container = pulledImage(event), node, vip } = event;
  return [container, node, vip].filter((each) => each !== undefined).join("@");
}

function hookOf({ after }: PictlEvent): string {
  const hook: unknown = typeof after === "object" && after !== null && "hook" in after ? after.hook : "";
  return String(hook);
}

function without(incidents: Incidents, subjects: ReadonlySet<string>): Incidents {
  return Object.fromEntries(Object.entries(incidents).filter(([subject]) => !subjects.has(subject)));
}

function bounded(incidents: Incidents): Incidents {
  const all = Object.entries(incidents);
  return all.length <= maxIncidents ? incidents : Object.fromEntries(all.slice(all.length - maxIncidents));
}
