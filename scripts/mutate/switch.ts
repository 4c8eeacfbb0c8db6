/** The sources as vitest gets them: all mutants of a file in one module, of which `active.ts` says which one is in place. */
import { relative } from "node:path";
import type { Plugin } from "vitest/config";
import { type Mutant, mutantsOf } from "./sites.ts";

/** What is mutated. */
export const mutated = /^src\/(app|adapters)\//;

export function switching(root: string): Plugin {
  return {
    name: "mutation",
    enforce: "pre",
    transform(code, id) {
      const file = relative(root, id.replace(/\?.*/, ""));
      return mutated.test(file) ? { code: switched(code, mutantsOf(file, code)), map: null } : undefined;
    },
  };
}

function switched(code: string, mutants: readonly Mutant[]): string {
  const inserts = mutants.flatMap(({ id, start, end, statement, becomes }) => {
    const asked = `globalThis.pictlMutation.comesBy(${JSON.stringify(id)})`;
    const [before, after] = statement ? [`{if(!${asked}){`, "}}"] : [`(${asked}?(${becomes}):(`, "))"];
    return [
      { at: start, text: before, opens: true, size: end - start },
      { at: end, text: after, opens: false, size: end - start },
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
