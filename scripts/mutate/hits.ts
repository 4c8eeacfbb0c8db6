/** Which files of tests come by a mutant. */
import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { Mutant } from "./sites.ts";

/** One file of tests: how long it took, and the ids of the mutants that it came by. */
interface Hit {
  readonly test: string;
  readonly ms: number;
  readonly reached: ReadonlySet<string>;
}

export type Hits = readonly Hit[];

/** What `setup.ts` has written; paths from the working directory. */
export function readHits(file: string): Hits {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { test, ms, reached } = JSON.parse(line) as { test: string; ms: number; reached: string[] };
      return { test: relative(process.cwd(), test), ms, reached: new Set(reached) };
    });
}

/** Those that can notice a mutant, the one that is named after its file first, then the quickest. */
export function testsFor(mutant: Mutant, hits: Hits): Hits {
  const own = basename(mutant.file, ".ts");
  return hits
    .filter(({ reached }) => reached.has(mutant.id) || (mutant.atLoad && runsIn(mutant.file, reached)))
    .sort((a, b) => rank(a) - rank(b));

  function rank({ test, ms }: Hit): number {
    return test.includes(`/${own}.`) ? 0 : ms;
  }
}

/** A module is loaded once for many tests, so that what runs as it is loaded is told of the first only. */
function runsIn(file: string, reached: ReadonlySet<string>): boolean {
  for (const id of reached) if (id.startsWith(`${file}:`)) return true;
  return false;
}
