import { expect, test } from "vitest";
import { lineFilter, type SyslogFilter } from "../../../src/domain/syslog/filter.ts";
import { severityOfWords } from "../../../src/domain/syslog/severity.ts";

const all: SyslogFilter = { errors: false, warnings: false, failures: false, today: false, grep: undefined };
const lines = [
  "Nov 22 10:00:00 n1 app: started",
  "Nov 23 10:00:00 n1 app: ERROR: no room",
  "  at its continuation",
  "Nov 23 10:00:01 n1 app: warning: nearly full",
  "Nov 23 10:00:02 n1 sshd: connection refused",
];
const passing = (parts: Partial<SyslogFilter>, today = false): number[] => {
  const passes = lineFilter({ ...all, ...parts }, today ? { date: "2026-11-23", beganAtUptime: 0 } : undefined);
  return lines.flatMap((line, index) => (passes(line) ? [index] : []));
};

test("quick filters add up; grep and today narrow them", () => {
  expect(passing({})).toEqual([0, 1, 2, 3, 4]);
  expect(passing({ errors: true })).toEqual([1]);
  expect(passing({ warnings: true })).toEqual([3]);
  expect(passing({ errors: true, warnings: true })).toEqual([1, 3]);
  expect(passing({ failures: true })).toEqual([4]);
  expect(passing({ errors: true, grep: /room/ })).toEqual([1]);
  expect(passing({}, true)).toEqual([1, 2, 3, 4]);
});

test.each([
  ["<11>Nov 23 10:00:00 n1 app: five", { errors: true }, true],
  ["<11>1 2026-11-23T10:00:00Z n1 app 1 - - five", { errors: true }, true],
  ["<3>[   12.345678] sda: five", { errors: true }, true],
  ["<6>[   12.345678] error handler started", { errors: true }, false],
  ["<12>Nov 23 10:00:00 n1 app: five", { warnings: true }, true],
  ["<14>Nov 23 10:00:00 n1 sshd: connection refused", { failures: true }, true],
  ["<b>error</b>", { errors: true }, true],
])("PRI says more than words: %s", (line, parts, passes) => {
  expect(lineFilter({ ...all, ...parts }, undefined)(line)).toBe(passes);
});

test.each([
  ["kernel: Oops: 0002", "crit"],
  ["Kernel panic - not syncing", "emerg"],
  ["job failed with code 1", "err"],
  ["no errors? 1 ERROR", "err"],
  ["Terror in the mirror", "info"],
  ["deprecated option", "warning"],
  ["debug: x", "debug"],
  ["all is well", "info"],
])("%s is %s", (message, severity) => {
  expect(severityOfWords(message)).toBe(severity);
});
