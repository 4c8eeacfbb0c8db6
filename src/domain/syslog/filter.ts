import type { Matcher } from "../regular-expression.ts";
import { type Day, isOfDay } from "./day.ts";
import { isError, isFailure, markedSeverity, severityOfWords } from "./severity.ts";

/** What is asked for. Each of the first three lets more lines pass; the others let fewer. */
export interface SyslogFilter {
  readonly errors: boolean;
  readonly warnings: boolean;
  readonly failures: boolean;
  readonly today: boolean;
  readonly grep: Matcher | undefined;
}

/** Decides line by line, in the order of the log. `day`: the node's, undefined when it is not asked for. */
export function lineFilter(filter: SyslogFilter, day: Day | undefined): (line: string) => boolean {
  let ofDay = false;
  return (line) => {
    if (day) {
      ofDay = isOfDay(line, day) ?? ofDay;
      if (!ofDay) return false;
    }
    return isOfKind(filter, line) && (filter.grep?.test(line) ?? true);
  };
}

function isOfKind({ errors, warnings, failures }: SyslogFilter, line: string): boolean {
  if (!errors && !warnings && !failures) return true;
  const severity = markedSeverity(line) ?? severityOfWords(line);
  return (errors && isError(severity)) || (warnings && severity === "warning") || (failures && isFailure(line));
}
