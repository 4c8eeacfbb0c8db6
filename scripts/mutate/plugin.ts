/**
 * The sources as vitest gets them: with one mutant in place (`PICTL_MUTANT`), or, without one, each of them telling that a
 * test has come by (`PICTL_HITS`, the file where `setup.ts` writes it down).
 */
import { relative } from "node:path";
import type { Plugin } from "vitest/config";
import { type Mutant, mutantsOf } from "./sites.ts";

/** What is mutated. */
export const mutated = /^src\/(app|adapters)\//;

export function mutation(root: string, chosen: string): Plugin {
  return {
    name: "mutation",
    enforce: "pre",
    transform(code, id) {
      const file = relative(root, id.replace(/\?.*/, ""));
      if (!mutated.test(file) || (chosen !== "" && !chosen.startsWith(`${file}:`))) return undefined;
      const mutants = mutantsOf(file, code);
      if (chosen === "") return { code: telling(code, mutants), map: null };
      const one = mutants.find(({ id: each }) => each === chosen);
      return (
        one && {
          code: `${code.slice(0, one.start)}${one.statement ? ";" : `(${one.becomes})`}${code.slice(one.end)}`,
          map: null,
        }
      );
    },
  };
}

/** A source in which each mutant's place says that it was reached, before it does what it does. */
function telling(code: string, mutants: readonly Mutant[]): string {
  const inserts = mutants.flatMap(({ id, start, end, statement }) => {
    const tell = `globalThis.pictlHit?.(${JSON.stringify(id)})`;
    return statement
      ? [
          { at: start, text: `{${tell};`, opens: true, size: end - start },
          { at: end, text: "}", opens: false, size: end - start },
        ]
      : [
          { at: start, text: `(${tell},`, opens: true, size: end - start },
          { at: end, text: ")", opens: false, size: end - start },
        ];
  });
  // From the back; at one position what is inside is closed first and opened last.
  inserts.sort(
    (a, b) => b.at - a.at || (a.opens === b.opens ? (a.opens ? a.size - b.size : b.size - a.size) : a.opens ? -1 : 1),
  );
  let text = code;
  for (const each of inserts) text = text.slice(0, each.at) + each.text + text.slice(each.at);
  return text;
}
