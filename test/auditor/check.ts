/** Replays a history and says what of it must not have happened. Pure; knows nothing of pictl's own code. */
import type { Entry } from "./history.ts";
import { pictureOf } from "./picture.ts";
import { misplaced, torn } from "./rules/config.ts";
import { lost } from "./rules/lost.ts";
import { quiet } from "./rules/quiet.ts";
import { secrets } from "./rules/secrets.ts";
import { settled } from "./rules/settled.ts";
import { strangers } from "./rules/strangers.ts";
import { twoCopies } from "./rules/two-copies.ts";
import type { Limits, Rule, Violation } from "./rules/violation.ts";
import { form, twoAnswers, twoHolders } from "./rules/vip.ts";

const rules: readonly Rule[] = [
  twoCopies,
  lost,
  torn,
  misplaced,
  settled,
  quiet,
  strangers,
  secrets,
  twoHolders,
  twoAnswers,
  form,
];

/** Violations in the order of time; none: all is well. */
export function check(entries: readonly Entry[], limits: Limits): Violation[] {
  const picture = pictureOf(entries);
  return rules.flatMap((rule) => rule(picture, limits)).sort((a, b) => a.at - b.at);
}

/** A line for each, with seconds since the history began and the faults that were on. */
export function tell(violations: readonly Violation[], entries: readonly Entry[]): string[] {
  const { begin, marks } = pictureOf(entries);
  const seconds = (at: number): string => `${((at - begin) / 1000).toFixed(3)} s`;
  return violations.map(({ rule, at, durationMs, what }) => {
    const on = marks.filter(({ mark, from, to }) => mark === "fault" && from <= at && at <= to).map(({ name }) => name);
    const lasted = durationMs === undefined ? "" : ` for ${(durationMs / 1000).toFixed(3)} s`;
    return `${seconds(at)} ${rule}: ${what}${lasted}${on.length === 0 ? "" : ` (during: ${on.join("; ")})`}`;
  });
}
