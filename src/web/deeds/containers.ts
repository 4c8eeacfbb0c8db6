import type { LiveContainer } from "../../watch/model.ts";
import { deed, type Deed } from "../state/doing.ts";

export const verbs = ["start", "stop", "restart", "create", "delete"] as const;

/** Start, stop, … of one container or several, by `container@node`. */
export function lifecycle(verb: (typeof verbs)[number], keys: readonly string[]): Deed {
  const many = keys.length > 1;
  const asks = verb === "delete" || ((verb === "stop" || verb === "restart") && many);
  return deed(
    `container.${verb}`,
    { container: keys },
    {
      title: `${capital(verb)} ${many ? `${String(keys.length)} containers` : (keys[0] ?? "")}`,
      danger: verb === "delete",
      ...(asks ? { question: questionOf(verb, keys) } : {}),
    },
  );
}

function questionOf(verb: string, keys: readonly string[]): string {
  const names =
    keys.length <= 8 ? keys.join(", ") : `${keys.slice(0, 8).join(", ")} and ${String(keys.length - 8)} more`;
  return verb === "delete"
    ? `Delete ${names}? What is only in the container is lost; volumes with a name stay. The config keeps it: create makes it again.`
    : `${capital(verb)} ${names}?`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export interface MoveHow {
  readonly copyVolumes: boolean;
  readonly overlap: boolean;
}

export function moveTo(key: string, node: string, how: Partial<MoveHow> = {}): Deed {
  return deed("container.move", { container: key, node, ...how }, { title: `Move ${key} to ${node}` });
}

/** Takes it from its node and out of the config. */
export function removeFromConfig(key: string, keepRunning: boolean): Deed {
  return deed("container.remove", { container: key, keepRunning }, { title: `Remove ${key}`, danger: true });
}

export function rollback(key: string, to: number): Deed {
  return deed("container.rollback", { container: key, to }, { title: `Roll ${key} back` });
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
