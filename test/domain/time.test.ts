import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMoment } from "../../src/domain/time.ts";

const now = Date.UTC(2026, 0, 31, 12);

test.each([
  ["10m", now - 600_000],
  ["1h30m", now - 5_400_000],
  ["1.5s", now - 1500],
  ["250ms", now - 250],
  ["2d", now - 172_800_000],
  ["1w", now - 604_800_000],
  [" 90s ", now - 90_000],
])("%s is so long ago", (text, moment) => {
  expect(parseMoment(text, now)).toBe(moment);
});

test.each([
  ["2026-01-31T10:00:00Z", Date.UTC(2026, 0, 31, 10)],
  ["2026-01-31T10:00Z", Date.UTC(2026, 0, 31, 10)],
  ["2026-01-31 10:00:00.250 +02:00", Date.UTC(2026, 0, 31, 8, 0, 0, 250)],
  ["2026-01-31T10:00:00-0330", Date.UTC(2026, 0, 31, 13, 30)],
  ["2026-01-31T10:00:00+01", Date.UTC(2026, 0, 31, 9)],
  ["2026-01-31", new Date(2026, 0, 31).getTime()],
  ["2026-01-31T10:00", new Date(2026, 0, 31, 10).getTime()],
])("%s is a date, local unless it names a zone", (text, moment) => {
  expect(parseMoment(text, now)).toBe(moment);
});

test("seconds since the epoch, with a fraction", () => {
  expect(parseMoment("1700000000", now)).toBe(1_700_000_000_000);
  expect(parseMoment("1700000000.5", now)).toBe(1_700_000_000_500);
});

test("what JavaScript writes is read back", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }), (date) => {
      expect(parseMoment(date.toISOString(), now)).toBe(date.getTime());
    }),
  );
});

describe("refused", () => {
  // A number without a unit would be 1970, and so nothing would be left out.
  test.each([
    "",
    "10",
    "yesterday",
    "10x",
    "m",
    "-10m",
    "2026-02-30",
    "2026-13-01",
    "2026-01-31T25:00",
    "2026-1-1",
    "0x10",
  ])("%j", (text) => {
    expect(() => parseMoment(text, now)).toThrow(`"${text}" is no time.`);
  });
});
