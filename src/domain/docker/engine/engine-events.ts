import type { EngineEvent } from "../facts.ts";
import { type JsonObject, object, text } from "../json.ts";

/** What is asked for: all that can change what pictl shows, and none of what every HEALTHCHECK and `docker exec` tells. */
const actions = [
  "create",
  "start",
  "restart",
  "die",
  "stop",
  "kill",
  "oom",
  "pause",
  "unpause",
  "rename",
  "update",
  "destroy",
  "health_status",
  "connect",
  "disconnect",
  "pull",
  "import",
  "load",
  "tag",
  "untag",
  "delete",
];

/** The query of `GET /events`. `since`: `EngineEvent.at` of the last one seen. */
export function eventsQuery(since: string | undefined): string {
  const filters = JSON.stringify({ type: ["container", "image", "volume", "network"], event: actions });
  return new URLSearchParams(since === undefined ? { filters } : { filters, since }).toString();
}

/** One line of `GET /events`. Never throws: what cannot be understood has happened all the same. */
export function engineEvent(line: string): EngineEvent {
  let json: JsonObject;
  try {
    json = object(JSON.parse(line));
  } catch {
    return unreadEvent;
  }
  const type = text(json["Type"]);
  if (!isType(type)) return unreadEvent;
  const actor = object(json["Actor"]);
  const attributes = object(actor["Attributes"]);
  const names = type === "network" ? [] : [text(attributes["name"]), text(attributes["oldName"]).replace(/^\//, "")];
  return {
    type: type === "network" ? "container" : type,
    action: text(json["Action"]).replace(/:.*$/s, ""),
    id: type === "network" ? text(attributes["container"]) : text(actor["ID"]),
    names: names.filter((name) => name !== ""),
    at: timeOf(line),
  };
}

/** One that nobody could read. */
export const unreadEvent: EngineEvent = { type: "unread", action: "", id: "", names: [], at: undefined };

function isType(type: string): type is Exclude<EngineEvent["type"], "unread"> | "network" {
  return ["container", "image", "volume", "network"].includes(type);
}

/** From the text, since JavaScript's numbers do not reach to a nanosecond of today. */
function timeOf(line: string): string | undefined {
  const [, seconds, nanoseconds] = /"timeNano":(\d{1,10})(\d{9})\s*[,}]/.exec(line) ?? [];
  return seconds === undefined || nanoseconds === undefined ? undefined : `${seconds}.${nanoseconds}`;
}
