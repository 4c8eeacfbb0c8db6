import { RE2JS } from "re2js";
import { PictlError } from "../domain/errors.ts";
import type { Matcher } from "../domain/regular-expression.ts";
import * as field from "./fields.ts";

/** Fields that mean the same wherever they occur, and what is made of them. */

export const placements = field.list("Containers: NAME, NAME@NODE or a glob.", { names: "placement" });

/** Of an operation that changes something: nobody means all by saying nothing. */
export const allContainers = field.flag("All containers of the layout, instead of `container`.");

export const nodes = field.list("Nodes: a name, a glob or LABEL=VALUE; all when left out.", { names: "node" });

export const someNodes = field.some("Nodes: a name, a glob or LABEL=VALUE.", { names: "node" });

export const onlyNodes = field.list("Only these nodes: a name, a glob or LABEL=VALUE.", { names: "node" });

/** Of an operation that changes something. */
export const allNodes = field.flag("All nodes, instead of `node`.");

export const dryRun = field.flag("Say what would be done, and do nothing.");

export const moment = field.maybe("Only from then on: 10m, 2h, 2026-01-31, 2026-01-31T10:00Z.");

export const grep = field.maybe(
  "Only what matches this regular expression (RE2's syntax: no look-around and no back-references).",
  { maxLength: 1000 },
);

/**
 * What a viewer asks for runs in a process that others use, so it is matched in a time that grows with the line alone.
 * Throws usage.
 */
export function grepOf(input: { readonly grep?: string | undefined }): Matcher | undefined {
  if (input.grep === undefined) return undefined;
  try {
    return RE2JS.compile(RE2JS.translateRegExp(input.grep));
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, "");
    throw new PictlError("usage", `\`grep\` is no regular expression of RE2: ${why}.`, {
      hint: "Put a backslash before characters that stand for themselves.",
    });
  }
}

export const wait = field.secondsOr(0, "How long to wait for another pictl that changes the same containers.", {
  min: 0,
  max: 86_400,
});

export const grace = field.seconds(
  "How long a container may take to stop before it is killed, instead of its own: `--stop-timeout`, else 10.",
  { min: 0, max: 3600 },
);

export const checkTimeout = field.seconds(
  "How long a new container may take until its check succeeds; without it, as its entry's `patience` says, else 30, " +
    "or as long as its HEALTHCHECK takes.",
  { min: 0, max: 3600 },
);

export const noCheck = field.flag("Do not wait until a new container has passed its check: it only has to run.");

/** What `checkTimeout` and `noCheck` say together. */
export function patienceOf(input: { readonly checkTimeout?: number | undefined; readonly noCheck: boolean }): {
  readonly patienceMs: number | undefined;
  readonly skipsCheck: boolean;
} {
  const { checkTimeout: patience, noCheck: skipsCheck } = input;
  return { patienceMs: patience === undefined ? undefined : patience * 1000, skipsCheck };
}

/** The names of an operation that can mean all, which are none then. Throws usage when neither or both were said. */
export function meant(what: "container" | "node", names: readonly string[], all: boolean): readonly string[] {
  if (all === names.length > 0) {
    throw new PictlError(
      "usage",
      all
        ? `Either \`all\` or \`${what}\` says which ${what}s are meant; both were given.`
        : `Nothing says which ${what}s are meant.`,
      { hint: `Give \`${what}\` a list of names, or say \`all: true\` for all of them.` },
    );
  }
  return names;
}
