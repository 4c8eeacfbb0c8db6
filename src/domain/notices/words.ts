import { isFailureType, pulledImage } from "../events/event-words.ts";
import type { OutboxEntry } from "./outbox.ts";

/** `n2 does not answer`, without the reasons. */
export function headOf(entry: OutboxEntry): string {
  return `${placeOf(entry)} ${what(entry)}`.replace(" :", ":").trim();
}

/** Something is wrong now, or was lost. */
export function isUrgent({ phase, event }: OutboxEntry): boolean {
  return phase === "begins" || (phase === "once" && isFailureType(event.type));
}

/** Goes from one node to another, so that neither is its place. */
const goesOver: ReadonlySet<string> = new Set(["container.failed-over", "container.moved", "vip.moved"]);

function placeOf({ event, containers }: OutboxEntry): string {
  const { type, vip } = event;
  const container = event.container ?? pulledImage(event);
  const node = goesOver.has(type) ? undefined : event.node;
  const kind = type.startsWith("image.") && container !== undefined ? "image " : "";
  const all = [...new Set([...containers, ...(container === undefined ? [] : [container])])];
  const names = all.length > 10 ? `${all.slice(0, 10).join(", ")} and ${String(all.length - 10)} more` : all.join(", ");
  const alone = all.length === 0 || (all.length === 1 && container !== undefined);
  if (alone) return kind + [container ?? vip, node].filter((each) => each !== undefined).join("@");
  return node === undefined ? names : `${node} (${names})`;
}

/** The event's type in words. */
function what({ event: { type, after, container, node, vip }, phase }: OutboxEntry): string {
  const said = (phase === "ends" ? ends[type] : undefined) ?? says[type];
  if (said !== undefined) return said;
  const [family = "", rest = ""] = type.split(".");
  if (family === "notice") return `notices to ${String(after)} ${phase === "ends" ? "go out again" : "are not taken"}`;
  const words = rest.replaceAll("-", " ");
  const verb = /ed$|^built$/.test(words) && !words.endsWith("failed") ? `was ${words}` : words;
  return (container ?? node ?? vip) === undefined ? `the ${family} ${verb}` : verb;
}

const says: Readonly<Record<string, string>> = {
  "node.silent": "does not answer",
  "node.refused": "refuses us",
  "node.docker-silent": "has a Docker that does not answer",
  "node.up": "answers",
  "node.left-behind": "still has what is ours, though the config has it no more",
  "heartbeat.failed": "fails its check",
  "heartbeat.starting": "is starting",
  "heartbeat.off": "checks are configured, and nobody makes them",
  "heartbeat.partial-partition": "is not reached from here",
  "heartbeat.restarted": "the heartbeat counts anew",
  "heartbeat.unknown-copy": "has a copy here that the layout does not know",
  "controller.isolated": "the controller seems to be cut off",
  "controller.rejoined": "the controller sees its nodes again",
  "config.refused": "the config is broken, and the last good one is used",
  "config.behind": "the config is older than what the nodes know",
  "config.caught-up": "the config was brought up to date",
  "state.unwritable": "the state folder cannot be written",
  "daemon.started": "the daemon started",
  "daemon.stopped": "the daemon was stopped",
  "daemon.lost": "the daemon ended without a word, and runs again",
  "daemon.unelected": "the daemon is not elected",
  "daemon.leads": "this daemon leads now",
  "daemon.stands-by": "another daemon leads",
  "container.failed-over": "failed over",
  "container.moved": "moved",
  "container.cleaned-up": "was an old copy here, and was removed",
  "container.switching": "is being replaced",
  "failover.refused": "is not failed over",
  "move.finished": ": a move that was cut off is finished",
  "move.undone": ": a move that was cut off is undone",
  "vip.moved": "has a new holder",
  "vip.waiting": "is given to no other node yet",
  "vip.conflict": "is in use by somebody else",
  "vip.holder-unmanaged": "is at a node that does not answer us",
  "vip.lease-runs-out": "runs out",
  "vip.taken-back": "was taken back",
  "elasticsearch.failed": "Elasticsearch takes no events",
  "elasticsearch.recovered": "Elasticsearch takes events again",
  "elasticsearch.refused": "Elasticsearch refuses events",
  "elasticsearch.lost": "events were lost before Elasticsearch had them",
};

/** Where an end is said in other words than the same event by itself. */
const ends: Readonly<Record<string, string>> = {
  "node.up": "answers again",
  "heartbeat.recovered": "passes its check again",
  "config.reloaded": "the config is right again",
  "state.writable": "the state folder can be written again",
  "daemon.leads": "a daemon leads again",
  "vip.moved": "has a holder again",
};
