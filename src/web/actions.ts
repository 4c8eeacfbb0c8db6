import type { LiveContainer } from "../watch/model.ts";
import type { Deed } from "./state/doing.ts";

type Verb = "start" | "stop" | "restart" | "create" | "delete";

const verbs: Readonly<Record<Verb, string>> = {
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  create: "Create",
  delete: "Delete",
};

/** Start, stop, … of one container or several, by `container@node`. */
export function lifecycle(verb: Verb, keys: readonly string[]): Deed {
  const what = keys.length === 1 ? (keys[0] ?? "") : `${String(keys.length)} containers`;
  const asks = verb === "delete" || ((verb === "stop" || verb === "restart") && keys.length > 1);
  return {
    title: `${verbs[verb]} ${what}`,
    method: "POST",
    path: `containers/actions/${verb}`,
    body: { container: keys },
    command: `pictl ${verb} ${keys.map(word).join(" ")}`,
    danger: verb === "delete",
    ...(asks ? { question: questionOf(verb, keys) } : {}),
  };
}

function questionOf(verb: Verb, keys: readonly string[]): string {
  const names =
    keys.length <= 8 ? keys.join(", ") : `${keys.slice(0, 8).join(", ")} and ${String(keys.length - 8)} more`;
  return verb === "delete"
    ? `Delete ${names}? What is only in the container is lost; volumes with a name stay.`
    : `${verbs[verb]} ${names}?`;
}

export function moveTo(key: string, node: string): Deed {
  return {
    title: `Move ${key} to ${node}`,
    method: "POST",
    path: `containers/${encodeURIComponent(key)}/move`,
    body: { node },
    command: `pictl move ${word(key)} ${word(node)}`,
    question: `Move ${key} to ${node}? The new copy must pass its check, else the old one stays.`,
  };
}

export function cordon(node: string, on: boolean): Deed {
  const verb = on ? "cordon" : "uncordon";
  return {
    title: on ? `Cordon ${node}` : `Uncordon ${node}`,
    method: "POST",
    path: `nodes/${encodeURIComponent(node)}/${verb}`,
    body: {},
    command: `pictl node ${verb} ${word(node)}`,
  };
}

export function heartbeatNow(): Deed {
  return { title: "Heartbeat round", method: "POST", path: "heartbeat", body: {}, command: "pictl heartbeat" };
}

/** What helps a container that is not as wanted, the best first. */
export function remedies({ state, key, stopped }: LiveContainer): readonly Deed[] {
  switch (state) {
    case "missing":
      return [lifecycle("create", [key])];
    case "stopped":
      return stopped ? [lifecycle("start", [key])] : [lifecycle("start", [key]), lifecycle("restart", [key])];
    case "unhealthy":
    case "restarting":
      return [lifecycle("restart", [key]), lifecycle("stop", [key])];
    case "changed":
      return [lifecycle("create", [key])];
    case "stray":
      return [lifecycle("delete", [key])];
    default:
      return [];
  }
}

/** As a shell takes it. */
function word(text: string): string {
  return /^[\w@.:/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
