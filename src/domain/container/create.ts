import type { ContainerFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import type { Drift } from "./drift.ts";

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
    readonly drift: readonly Drift[];
    readonly recreate: Recreate;
  },
): CreatePlan {
  const { facts, recreate } = options;
  if (!facts) return "run";
  if (recreate === "everything") return "replace";
  if (options.drift.length > 0) {
    if (recreate === "differing") return "replace";
    throw new PictlError(
      "not-as-wanted",
      `The container runs with other ${options.drift.join(" and another ")} than the config says; it was left as it is.`,
      { container: name, hint: `Replace it with \`pictl create ${name} --recreate\`.` },
    );
  }
  return facts.state === "running" ? "keep" : "start";
}
