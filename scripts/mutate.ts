/**
 * `npm run mutate -- [--sample N] [--seed S] [--hits FILE] [PATH …]`: changes one thing at a time in the sources of `src/app` and
 * `src/adapters`, or in those below a PATH, and looks whether a unit test or a simulation notices. The N mutants (100) are drawn
 * from all that some test comes by; how many none comes by is told beside them. FILE keeps which test comes by what, for
 * the next time. Prints who has noticed each, and a table; exit code 1 when fewer than 85 % were noticed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../test/sim/random.ts";
import { mutated } from "./mutate/plugin.ts";
import { type Mutant, mutantsOf } from "./mutate/sites.ts";
import { type Hits, readHits, testsFor } from "./mutate/hits.ts";
import { runTests } from "./mutate/run.ts";

const wanted = 0.85;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    hits: { type: "string" },
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

const hits = await hitsOf(values.hits ?? join(folder, "hits"));
const tests = new Map(mutants.map((each) => [each, testsFor(each, hits)]));
const reached = mutants.filter((each) => tests.get(each)?.length);
const drawn = new Random(Number(values.seed)).shuffled(reached).slice(0, Number(values.sample));
say(
  `${String(mutants.length)} mutants, ${String(reached.length)} with a test that comes by; ${String(drawn.length)} drawn`,
);

const survivors = new Set<Mutant>();
for (const mutant of drawn) {
  const by = await noticedBy(mutant);
  if (by === undefined) survivors.add(mutant);
  const { file, line, was, becomes } = mutant;
  say(
    `${by === undefined ? "MISS" : "ok  "}  ${file}:${String(line)}  ${short(was)}  →  ${short(becomes) || "(nothing)"}${by === undefined ? "" : `  [${by}]`}`,
  );
}
table();

async function hitsOf(file: string): Promise<Hits> {
  if (!existsSync(file)) await runTests({ PICTL_HITS: file }, []);
  return readHits(file);
}

async function noticedBy(mutant: Mutant): Promise<string | undefined> {
  const by = tests.get(mutant) ?? [];
  const seconds = by.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  return runTests(
    { PICTL_MUTANT: mutant.id },
    by.map(({ test }) => test),
    60 + 4 * seconds,
  );
}

function table(): void {
  const rows = new Map<string, Mutant[]>();
  for (const each of drawn) {
    const layer = each.file
      .split("/")
      .slice(0, 3)
      .join("/")
      .replace(/[^/]*\.ts$/, "*.ts");
    rows.set(layer, [...(rows.get(layer) ?? []), each]);
  }
  say("");
  for (const [layer, members] of [...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)), ["all", drawn] as const]) {
    const killed = members.filter((each) => !survivors.has(each)).length;
    say(
      `${layer.padEnd(34)}${String(killed).padStart(5)} of ${String(members.length).padStart(4)}${`${((100 * killed) / members.length).toFixed(0)} %`.padStart(8)}`,
    );
  }
  if (survivors.size > (1 - wanted) * drawn.length) process.exitCode = 1;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
