/** What is known of tests and mutants: a file of one JSON value a line, which outlives the processes that hang. */
import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

export type Entry =
  /** A test on the sources as they are: how long it took, and the mutants that it came by. */
  | { readonly what: "test"; readonly test: string; readonly ms: number; readonly reached: Numbers }
  /** It begins with this mutant, and takes so long without. The last line of a process that hangs. */
  | { readonly what: "tries"; readonly test: string; readonly mutant: string; readonly ms: number }
  | { readonly what: "killed" | "survived"; readonly test: string; readonly mutant: string }
  /** It fails without a mutant: by itself, or after those before it. */
  | { readonly what: "broken" | "spoilt"; readonly test: string; readonly why: string };

/** `{ "src/app/exec.ts": [0, 7] }`, for `src/app/exec.ts:0` and `:7`. */
type Numbers = Readonly<Record<string, readonly number[]>>;

interface Known {
  readonly ms: number;
  /** Ids of mutants. */
  readonly reached: ReadonlySet<string>;
}

export class Ledger {
  readonly #file: string;
  /** By their names, which begin with the file: `test/app/exec.test.ts exec > stdin`. */
  readonly tests = new Map<string, Known>();
  /** The tests that do not pass as they are, and why. */
  readonly broken = new Map<string, string>();
  /** Who noticed each mutant. */
  readonly killed = new Map<string, string>();
  readonly #survived = new Set<string>();
  readonly #spoilt = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n")) if (line !== "") this.#learn(JSON.parse(line) as Entry);
  }

  add(entry: Entry): void {
    this.#learn(entry);
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** Which of the mutants a test is to run with; none when it takes longer. */
  openFor(test: string, mutants: readonly string[], upToMs: number): string[] {
    const known = this.tests.get(test);
    if (!known || known.ms > upToMs) return [];
    return mutants.filter((each) => known.reached.has(each) && this.isOpen(test, each));
  }

  /** Whether a test is still to run with a mutant that it comes by. One that was spoilt twice tells nothing. */
  isOpen(test: string, mutant: string): boolean {
    return (
      !this.killed.has(mutant) &&
      !this.broken.has(test) &&
      (this.#spoilt.get(test) ?? 0) < 2 &&
      !this.#survived.has(`${mutant}\n${test}`)
    );
  }

  #learn(entry: Entry): void {
    const { what, test } = entry;
    if (what === "test") this.tests.set(test, { ms: entry.ms, reached: new Set(idsOf(entry.reached)) });
    if (what === "killed") this.killed.set(entry.mutant, test);
    if (what === "survived") this.#survived.add(`${entry.mutant}\n${test}`);
    if (what === "broken") this.broken.set(test, entry.why);
    if (what === "spoilt") this.#spoilt.set(test, (this.#spoilt.get(test) ?? 0) + 1);
  }
}

export function numbersOf(ids: Iterable<string>): Numbers {
  const numbers: Record<string, number[]> = {};
  for (const id of ids) {
    const [file = "", number] = id.split(":");
    (numbers[file] ??= []).push(Number(number));
  }
  return numbers;
}

function idsOf(numbers: Numbers): string[] {
  return Object.entries(numbers).flatMap(([file, all]) => all.map((each) => `${file}:${String(each)}`));
}

/** The last line, where it is a short one, and how long the file is. */
export function lastOf(path: string): { readonly size: number; readonly entry: Entry | undefined } {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, 4096));
  readSync(file, tail, 0, tail.length, size - tail.length);
  closeSync(file);
  const line = tail.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
  return { size, entry: line.startsWith("{") ? (JSON.parse(line) as Entry) : undefined };
}
