/**
 * vitest's runner. What a test comes by is written down when it runs for the first time; after that it runs once as it is,
 * and then once with each mutant (`PICTL_MUTANTS`, a file of ids) that it comes by and that nobody has noticed yet. After one that
 * was noticed it runs as it is again: where that fails, something is left of the mutant, and the process ends.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { type RunnerTestCase, TestRunner } from "vitest";
import { mutation } from "./active.ts";
import { Ledger, numbersOf } from "./ledger.ts";

const ledger = new Ledger(process.env["PICTL_LEDGER"] ?? "/dev/null");
const chosen = process.env["PICTL_MUTANTS"];
const mutants = chosen === undefined ? [] : readFileSync(chosen, "utf8").trim().split("\n");
/** Longer tests try no mutants. */
const upToMs = Number(process.env["PICTL_UP_TO_MS"]);

for (const event of ["unhandledRejection", "uncaughtException"] as const)
  process.on(event, () => {
    if (mutation.active !== "" && !ledger.killed.has(mutation.active))
      ledger.add({ what: "killed", test: event, mutant: mutation.active });
  });

// oxlint-disable-next-line eslint-js/no-restricted-syntax -- vitest takes the default export
export default class MutationRunner extends TestRunner {
  /** What is still to be tried. */
  #left: string[] = [];
  #tries: "first" | "mutants" | "again" | "nothing" = "first";
  #begun = 0;
  #usualMs = 0;

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    this.#left = ledger.openFor(nameOf(test), mutants, upToMs);
    this.#tries = "first";
    if (this.#left.length > 0) test.repeats = Number.MAX_SAFE_INTEGER;
    else if (chosen !== undefined) test.mode = "skip";
  }

  override onBeforeTryTask(test: RunnerTestCase): void {
    super.onBeforeTryTask(test);
    mutation.active = "";
    if (this.#tries === "mutants") {
      const name = nameOf(test);
      const next = this.#left.find((each) => ledger.isOpen(name, each));
      // This is how what is repeated ends. `afterEach` runs all the same, and may fail where no `beforeEach` ran.
      if (next === undefined) {
        this.#tries = "nothing";
        return test.context.skip();
      }
      ledger.add({ what: "tries", test: name, mutant: next, ms: Math.round(this.#usualMs) });
      mutation.active = next;
    }
    mutation.reached.clear();
    this.#begun = performance.now();
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    if (mutation.active === "") return run();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          reject(new Error("time"));
        },
        2000 + 6 * this.#usualMs,
      );
    });
    await Promise.race([run(), late]).finally(() => {
      clearTimeout(timer);
    });
  }

  onAfterRetryTask(test: RunnerTestCase): void {
    const { result } = test;
    if (!result || result.state === "skip" || this.#tries === "nothing") return;
    const name = nameOf(test);
    const failed = result.state === "fail";
    const why = result.errors?.[0]?.message ?? "";
    const mutant = mutation.active;
    mutation.active = "";
    if (mutant !== "") {
      // One that only an unhandled rejection has told of is noticed, too.
      this.#tries = failed || ledger.killed.has(mutant) ? "again" : "mutants";
      if (!ledger.killed.has(mutant)) ledger.add({ what: failed ? "killed" : "survived", test: name, mutant });
    } else if (failed && this.#tries === "again") {
      ledger.add({ what: "spoilt", test: name, why });
      process.kill(process.pid, "SIGKILL");
    } else if (failed) {
      ledger.add({ what: "broken", test: name, why });
      // No mutant is left for it, which ends what is repeated.
      this.#tries = "mutants";
    } else {
      if (this.#tries === "first") this.#usualMs = performance.now() - this.#begun;
      if (!ledger.tests.has(name))
        ledger.add({ what: "test", test: name, ms: Math.round(this.#usualMs), reached: numbersOf(mutation.reached) });
      this.#tries = "mutants";
    }
    result.state = "run";
    delete result.errors;
  }
}

function nameOf(test: RunnerTestCase): string {
  const names = [test.name];
  for (let suite = test.suite; suite && suite !== test.file; suite = suite.suite) names.unshift(suite.name);
  return `${relative(process.cwd(), test.file.filepath)} ${names.join(" > ")}`.replace(/\s+/g, " ");
}
