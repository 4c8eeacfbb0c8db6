import { PictlError } from "../../errors.ts";
import type { ConfigPath } from "../document/path.ts";
import { didYouMean } from "./suggest.ts";
import type { ConfigProblem } from "../types.ts";

/** A problem that knows its path but not yet its line: what the pure checks report. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly path: ConfigPath;
  readonly message: string;
  /** Points at the key instead of its value. */
  readonly atKey?: boolean;
  /** Points at this character of the string value. */
  readonly offset?: number;
  /** What it clashes with; its line is told after the message. */
  readonly other?: ConfigPath;
}

type Place = Pick<Finding, "atKey" | "offset" | "other">;

/** Collects findings. */
export class Findings {
  readonly all: Finding[] = [];
  #errors = 0;
  #suggestions = 0;

  /** Whether there are as many errors as are told: what looks for more of them only takes time. */
  get full(): boolean {
    return this.#errors >= maxProblems;
  }

  error(path: ConfigPath, message: string, place: Place = {}): void {
    this.#errors++;
    this.all.push({ severity: "error", path, message, ...place });
  }

  warning(path: ConfigPath, message: string, place: Place = {}): void {
    this.all.push({ severity: "warning", path, message, ...place });
  }

  /** `; did you mean "x"?`, or nothing; nothing too after so many that nobody reads them, as each takes its time. */
  didYouMean(word: string, known: Iterable<string>): string {
    return this.#suggestions++ < 50 ? didYouMean(word, known) : "";
  }
}

/** More than this are not told: a file with so many is not a config with mistakes. */
export const maxProblems = 1000;

/** A config that no command may act on. `problems` has every error and warning, sorted by position. */
export class ConfigInvalidError extends PictlError {
  readonly problems: readonly ConfigProblem[];

  private constructor(message: string, hint: string, problems: readonly ConfigProblem[]) {
    super("config-invalid", message, { hint });
    this.problems = problems;
  }

  /** The file as it is. */
  static ofFile(file: string, problems: readonly ConfigProblem[]): ConfigInvalidError {
    const hint = "Correct the file; `pictl config check` lists every problem.";
    return new ConfigInvalidError(summarise(`The config ${file}`, "is", "has", problems), hint, problems);
  }

  /** What the file would be after a change that was refused. */
  static ofChange(file: string, problems: readonly ConfigProblem[]): ConfigInvalidError {
    const message = summarise(`With this change the config ${file}`, "would be", "would have", problems);
    return new ConfigInvalidError(message, "Nothing was written.", problems);
  }
}

/** `line 3, column 15 (layout[1].node): found 5, expected a node name`. */
export function formatProblem(problem: ConfigProblem): string {
  const path = problem.path === "" ? "" : ` (${problem.path})`;
  return `line ${problem.line}, column ${problem.column}${path}: ${problem.message}`;
}

function summarise(what: string, is: string, has: string, problems: readonly ConfigProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error");
  const [only] = errors;
  if (errors.length === 1 && only !== undefined) return `${what} ${is} invalid: ${formatProblem(only)}`;
  const count = problems.length >= maxProblems ? `${errors.length} or more` : errors.length;
  const lines = errors.slice(0, shown).map((problem) => `  ${formatProblem(problem)}`);
  if (errors.length > shown) lines.push(`  … and ${errors.length - shown} more`);
  return [`${what} ${has} ${count} problems:`, ...lines].join("\n");
}

const shown = 20;
