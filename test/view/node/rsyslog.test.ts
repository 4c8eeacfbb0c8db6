import fc from "fast-check";
import { expect, test } from "vitest";
import type { Analysis } from "../../../src/app/rsyslog.ts";
import { rsyslogView } from "../../../src/view/node/rsyslog.ts";

const analysis: Analysis = {
  node: "n1",
  file: "/var/log/syslog",
  lines: 12,
  counted: 10,
  unreadable: 1,
  hosts: [
    { host: "web1", count: 8 },
    { host: "web2", count: 1 },
  ],
  severities: [
    { severity: "err", count: 4 },
    { severity: "info", count: 6 },
  ],
  programs: [{ program: "sshd", count: 10 }],
  histogram: {
    stepMinutes: 60,
    rows: [
      { from: "2026-11-23T10:00", count: 10 },
      { from: "2026-11-23T11:00", count: 0 },
    ],
  },
  messages: [{ severity: "err", program: "sshd", message: "Failed password for \x1b[2Jroot from #", count: 4 }],
  durationMs: 900,
};

test("names that are wide, and tabs, keep the columns", () => {
  const wide = {
    ...analysis,
    hosts: [
      { host: "中文主机", count: 8 },
      { host: "web1", count: 8 },
    ],
    programs: [{ program: "程序".repeat(20), count: 10 }],
    messages: [{ severity: "err" as const, program: "app", message: `a\tb${"消息".repeat(20)}`, count: 4 }],
  };
  expect(rsyslogView({ analyses: [wide] }, { colour: false, width: 60 })).toContain(`
Hosts
  中文主机  8  █████████████████████████████████████████████
  web1      8  █████████████████████████████████████████████

Programs
  程序程序程序程序程序程…  10  █████████████████████████████

Messages
  4  err      app: a b消息消息消息消息消息消息消息消息消息…
`);
});

test("a page of bars", () => {
  expect(rsyslogView({ analyses: [analysis] }, { colour: false, width: 60 })).toBe(
    `/var/log/syslog on n1: 12 lines, 10 counted, 1 no syslog (900 ms)

Over time (every hour)
  2026-11-23 10:00  10  ████████████████████████████████████
  2026-11-23 11:00   0

Severity
  err   4  ████████████████████████████████▋
  info  6  █████████████████████████████████████████████████

Hosts
  web1  8  █████████████████████████████████████████████████
  web2  1  ██████▏

Programs
  sshd  10  ████████████████████████████████████████████████

Messages
  4  err      sshd: Failed password for \\x1b[2Jroot from #
`,
  );
});

test("no line is wider than the terminal, nor than 80 columns", () => {
  const text = fc.string({ maxLength: 300 });
  const count = fc.integer({ min: 1, max: 1e9 });
  const width = fc.oneof(fc.integer({ min: 60, max: 200 }), fc.constant(Infinity));
  fc.assert(
    fc.property(text, text, count, width, (name, message, many, columns) => {
      const wild: Analysis = {
        ...analysis,
        hosts: [{ host: name, count: many }],
        programs: [{ program: name, count: many }],
        messages: [{ severity: "warning", program: name, message, count: many }],
      };
      const lines = rsyslogView({ analyses: [wild] }, { colour: false, width: columns })
        .split("\n")
        .slice(1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.min(80, columns));
    }),
  );
});
