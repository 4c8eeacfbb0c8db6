import fc from "fast-check";
import { expect, test } from "vitest";
import { parseLine } from "../../../src/domain/rsyslog/parse.ts";

const today = { year: 2026, day: "11-23" };

test.each([
  [
    "Nov  3 10:05:59 web1 sshd[123]: Failed password for root from 10.0.0.1 port 22 ssh2",
    ["2026-11-03T10:05", "web1", "sshd", undefined, "Failed password for root from # port # ssh#"],
  ],
  ["Nov 23 10:05:59 web1 kernel: up", ["2026-11-23T10:05", "web1", "kernel", undefined, "up"]],
  ["Dec 31 23:59:59 web1 cron[1]: x", ["2025-12-31T23:59", "web1", "cron", undefined, "x"]],
  [
    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
    ["2026-10-11T22:14", "mymachine", "su", "crit", "'su root' failed"],
  ],
  [
    "2026-11-23T04:00:01.000001+00:00 n1 postfix/smtpd[9]: connect from unknown[10.1.2.3]",
    ["2026-11-23T04:00", "n1", "postfix/smtpd", undefined, "connect from unknown[#]"],
  ],
  [
    "Nov 23 10:05:59 web1 last message repeated 3 times",
    ["2026-11-23T10:05", "web1", "-", undefined, "last message repeated # times"],
  ],
  [
    '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 77 ID47 [e@32473 iut="3"] An event 0xDEADBEEF',
    ["2003-10-11T22:14", "mymachine.example.com", "evntslog", "notice", "An event #"],
  ],
  ["<14>1 2026-11-23T04:00:00Z h app - - - plain text", ["2026-11-23T04:00", "h", "app", "info", "plain text"]],
  ["<14>1 2026-11-23T04:00:00Z h app", ["2026-11-23T04:00", "h", "app", "info", ""]],
  ['<14>1 2026-11-23T04:00:00Z h app - - [a b="c"]', ["2026-11-23T04:00", "h", "app", "info", ""]],
])("%s", (line, [minute, host, program, severity, message]) => {
  expect(parseLine(line, today)).toEqual({ minute, host, program, severity, message });
});

test.each([
  "",
  "    at continued",
  "-- Logs begin --",
  "<34>",
  "Foo 12 10:00:00 h x: y",
  "2026-11-23T04:00:00",
  "Nov 23 10:00:00",
])("%j is no syslog", (line) => {
  expect(parseLine(line, today)).toBeUndefined();
});

test("whatever a line holds, it is read or refused, and what is read is short", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (garbage, message) => {
      parseLine(garbage, today);
      const entry = parseLine(`Nov 23 10:00:00 h tag: ${message}`, today);
      expect(entry?.program).toBe("tag");
      expect(entry?.message.length).toBeLessThanOrEqual(200);
      expect(entry?.message).not.toMatch(/\d/);
    }),
  );
});
