import { expect, test } from "vitest";
import { didYouMean, suggest } from "../../../../src/domain/config/findings/suggest.ts";

const keys = ["layout", "heartbeat_interval", "automatic_heartbeat", "hb", "vip", "vip_ip", "token", "hooks"];

test.each([
  ["layuot", "layout"],
  ["laoyut", "layout"],
  ["Layout", "layout"],
  ["heartbeat_intervall", "heartbeat_interval"],
  ["heartbeet_interwal", "heartbeat_interval"],
  ["vpi_ip", "vip_ip"],
  ["hook", "hooks"],
  ["hc", "hb"],
  ["zzz", undefined],
  ["password", undefined],
  ["", undefined],
])("%s: %s", (word, expected) => {
  expect(suggest(word, keys)).toBe(expected);
});

test("of two equally near ones, the one of the same length", () => {
  expect(suggest("stauts", ["stats", "status", "start"])).toBe("status");
});

test("the hint is a part of a sentence, or nothing", () => {
  expect(didYouMean("tokn", keys)).toBe('; did you mean "token"?');
  expect(didYouMean("zzz", keys)).toBe("");
});
