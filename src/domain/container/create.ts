import type { ContainerFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";

/** What is replaced: `differing`: what differs from the config. */
export type Recreate = "nothing" | "differing" | "everything";

/** `run`: there is none; `start`: it is right but does not run; `replace`: by a new one; `keep`: nothing to do. */
export type CreatePlan = "run" | "start" | "replace" | "keep";

/**
 * What `create` has to do. Running it twice is the same as once. A container that differs from the config is not
 * replaced unasked, because that interrupts it: throws not-as-wanted.
 */
export function planCreate(
  name: string,
  options: {
    readonly facts: ContainerFacts | undefined;
    /** In what it differs, in words (`drift`). */
    readonly drift: readonly string[];
    readonly recreate: Recreate;
    /** It cannot go on as it is: what it shares with another container is gone. What is meant to end, and has, need not. */
    readonly broken?: boolean;
    /** It is meant to end. */
    readonly oneOff?: boolean;
  },
): CreatePlan {
  const { facts, recreate } = options;
  if (!facts) return "run";
  if (recreate === "everything") return "replace";
  const isOver = options.oneOff === true && isDone(facts);
  if (options.broken === true && !isOver) return "replace";
  if (options.drift.length > 0) {
    if (recreate === "differing") return "replace";
    throw new PictlError(
      "not-as-wanted",
      `The container is not as the config says, and was left as it is: ${options.drift.join("; ")}.`,
      { container: name, hint: `Replace it with \`pictl create ${name} --recreate\`.` },
    );
  }
  if (isOver) return "keep";
  return facts.state === "running" ? "keep" : "start";
}

/** Of what is meant to end: it has, and well. */
export function isDone({ state, exitCode }: Pick<ContainerFacts, "state" | "exitCode">): boolean {
  return state === "exited" && exitCode === 0;
}
