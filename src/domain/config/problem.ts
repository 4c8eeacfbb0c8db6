import { PictlError } from "../errors.ts";
import type { ConfigPath } from "./path.ts";
import type { ConfigProblem } from "./types.ts";

/** A problem that knows its path but not yet its line: what the pure checks report. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly path: ConfigPath;
  readonly message: string;
  /** Points at the key instead of its value. */
  readonly atKey?: boolean;
  /** Points at this character of the string value. */
  readonly offset?: number;
}

/** Reports findings; `error` and `warning` are all that the checks need. */
export class Findings {
  readonly all: Finding[] = [];

  error(path: ConfigPath, message: string, place: { atKey?: boolean; offset?: number } = {}): void {
    this.all.push({ severity: "error", path, message, ...place });
  }

  warning(path: ConfigPath, message: string, place: { atKey?: boolean; offset?: number } = {}): void {
    this.all.push({ severity: "warning", path, message, ...place });
  }
}

/** A config that no command may act on. `problems` has every error and warning, sorted by position. */
export class ConfigInvalidError extends PictlError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super("config-invalid", summarise(file, problems), {
      hint: "Correct the file; `pictl config check` lists every problem.",
    });
    this.problems = problems;
  }
}

/** `line 3, column 15 (layout[1].node): found 5, expected a node name`. */
export function formatProblem(problem: ConfigProblem): string {
  const path = problem.path === "" ? "" : ` (${problem.path})`;
  return `line ${problem.line}, column ${problem.column}${path}: ${problem.message}`;
}

function summarise(file: string, problems: readonly ConfigProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error");
  const [only] = errors;
  if (errors.length === 1 && only !== undefined) return `The config ${file} is not valid: ${formatProblem(only)}`;
  const lines = errors.slice(0, shown).map((problem) => `  ${formatProblem(problem)}`);
  if (errors.length > shown) lines.push(`  … and ${errors.length - shown} more`);
  return [`The config ${file} has ${errors.length} problems:`, ...lines].join("\n");
}

const shown = 20;
