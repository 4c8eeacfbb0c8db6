/**
 * `npm run mutate -- [--sample N] [--seed S] [--ledger FILE] [PATH …]`: changes one thing at a time in the sources of `src/app` and
 * `src/adapters`, or in those below a PATH, and looks whether a unit test or a simulation notices. The N mutants (100) are drawn
 * from all that the function of some test comes by; what only the loading of a module comes by is not drawn. The quick tests
 * try all mutants first, then longer ones those that are left. FILE keeps what is known, so that what was broken off goes on;
 * it is good for the sources of which it was made. Prints who has noticed each, and a table; exit code 1 when fewer than 85 % were noticed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../test/sim/random.ts";
import { Ledger } from "./mutate/ledger.ts";
import { runPlain, runThrough } from "./mutate/run.ts";
import { type Mutant, mutantsOf } from "./mutate/sites.ts";
import { mutated } from "./mutate/switch.ts";
import { tableOf } from "./mutate/table.ts";

const wanted = 0.85;
/** How long the tests of each pass may take, in ms. */
const passes = [200, 2000, 60_000];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    ledger: { type: "string" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "pictl-mutate-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
const mutants = execFileSync("git", ["ls-files", "src/app", "src/adapters"], { encoding: "utf8" })
  .split("\n")
  .filter(
    (file) => mutated.test(file) && (positionals.length === 0 || positionals.some((each) => file.startsWith(each))),
  )
  .flatMap((file) => mutantsOf(file, readFileSync(file, "utf8")));

const path = values.ledger ?? join(folder, "ledger");
let ledger = existsSync(path) ? new Ledger(path) : await runPlain(path);
const passedBy = new Set([...ledger.tests.values()].flatMap((each) => [...each.reached]));
// What a module does as it is loaded is over before a mutant of it could be switched on.
const reached = mutants.filter(({ id, atLoad }) => passedBy.has(id) && !atLoad);
const drawn = new Random(Number(values.seed)).shuffled(reached).slice(0, Number(values.sample));
say(
  `${String(mutants.length)} mutants, ${String(reached.length)} with a test that comes by; ${String(drawn.length)} drawn`,
);

const chosen = join(folder, "mutants");
for (const upToMs of passes) {
  const alive = drawn.map(({ id }) => id).filter((id) => !ledger.killed.has(id));
  writeFileSync(chosen, alive.join("\n"));
  ledger = await runThrough({
    ...{ ledger: path, mutants: chosen, upToMs },
    tests: (known) => [
      ...new Set(
        [...known.tests.keys()]
          .filter((test) => known.openFor(test, alive, upToMs).length > 0)
          .map((test) => test.slice(0, test.indexOf(" "))),
      ),
    ],
  });
  say(`tests of up to ${String(upToMs)} ms: ${String(alive.filter((id) => ledger.killed.has(id)).length)} noticed`);
}
for (const [test, why] of ledger.broken) say(`does not pass as it is, and tries nothing more: ${test}: ${why}`);

const isKilled = ({ id }: Mutant): boolean => ledger.killed.has(id);
for (const mutant of drawn) {
  const { id, file, line, was, becomes } = mutant;
  const by = isKilled(mutant) ? `  [${ledger.killed.get(id) ?? ""}]` : "";
  say(
    `${isKilled(mutant) ? "ok  " : "MISS"}  ${file}:${String(line)}  ${short(was)}  →  ${short(becomes) || "(nothing)"}${by}`,
  );
}
say("");
for (const row of tableOf(drawn, isKilled)) say(row);
if (drawn.filter(isKilled).length < wanted * drawn.length) process.exitCode = 1;

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
