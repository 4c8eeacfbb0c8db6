import type { ContainerFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";

/** What a step is good for, by what it is called in a sentence. Digests and ids: nothing of it is secret. */
export type Basis = Readonly<Record<string, string>>;

const none = "none";

/** What a container is, as far as a step that touches it goes; one that comes and goes by itself has no start. */
export function basisOf(facts: ContainerFacts | undefined, prefix = ""): Basis {
  const steady = facts?.state === "running" && (facts.restarts ?? 0) === 0;
  return {
    [`${prefix}container`]: facts?.id ?? none,
    [`${prefix}state`]: facts === undefined ? none : facts.state === "restarting" ? "running" : facts.state,
    ...(steady ? { [`${prefix}start`]: String(facts.startedAtMs ?? 0) } : {}),
  };
}

/** Why a step is not what it was planned for any more, in a few words; undefined when it is. */
export function whatChanged(before: Basis, now: Basis): string | undefined {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = keys.filter((key) => before[key] !== now[key]);
  const [first] = changed;
  return first === undefined ? undefined : (words[first.replace(/^old /, "")] ?? `its ${first} is another one`);
}

const words: Readonly<Record<string, string>> = {
  container: "the container is another one, or is gone",
  state: "the container has been started, stopped or removed",
  start: "the container was started again",
  image: "the node has another image of that name",
  config: "its entry in the config was changed",
  folder: "its build folder was changed",
};

/** `why`: what is different, as a part of a sentence. */
export function planStale(
  { id, container, node }: { readonly id: string; readonly container: string; readonly node: string },
  why: string,
): PictlError {
  return new PictlError("plan-stale", `\`${id}\` was planned for something else: ${why}. It was not done.`, {
    container,
    node,
    hint: "Make a new plan (`pictl plan`), look at it, and apply that.",
  });
}
