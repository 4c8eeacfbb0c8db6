import { expect, test } from "vitest";
import { isOfDay, parseDay } from "../../../src/domain/syslog/day.ts";

test("the day of a node, and when it began in the time since power on", () => {
  expect(parseDay("2026-11-23 01 00 30\n4000.25\n")).toEqual({ date: "2026-11-23", beganAtUptime: 370.25 });
  expect(parseDay("garbage")).toBeUndefined();
});

test.each([
  ["2026-11-23T04:00:00+00:00 n1 x: y", true],
  ["2026-11-22T23:59:59+00:00 n1 x: y", false],
  ["<34>1 2026-11-23T04:00:00Z n1 x - - - y", true],
  ["Nov 23 04:00:00 n1 x: y", true],
  ["Nov  3 04:00:00 n1 x: y", false],
  ["<34>Nov 23 04:00:00 n1 x: y", true],
  ["[Mon Nov 23 04:00:00 2026] usb: y", true],
  ["[Sun Nov 23 04:00:00 2025] usb: y", false],
  ["[  369.80] usb: y", true],
  ["[   12.000001] usb: y", false],
  ["    at continued", undefined],
  ["", undefined],
])("%j", (line, expected) => {
  expect(isOfDay(line, { date: "2026-11-23", beganAtUptime: 369.75 })).toBe(expected);
});
