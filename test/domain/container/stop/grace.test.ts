import { expect, test } from "vitest";
import { stopAndRemove, stopDeadlineMs, writesToMounts } from "../../../../src/domain/container/stop/grace.ts";
import { render } from "../../../../src/domain/shell.ts";
import { containerFacts } from "../../../fakes/facts.ts";

test.each([
  ["Docker's, where nobody says another one", null, undefined, 70_000],
  ["the container's own", 300, undefined, 360_000],
  ["what was asked for, whatever the container says", 300, 5, 65_000],
  ["for ever, as the container says", -1, undefined, Infinity],
])("a stop is waited for as long as its grace, and a minute: %s", (_, stopTimeoutSeconds, asked, expected) => {
  expect(stopDeadlineMs({ stopTimeoutSeconds }, asked)).toBe(expected);
});

test.each([
  ["running", undefined, "docker container stop c0ffee; docker container rm --force c0ffee"],
  ["paused", undefined, "docker container stop c0ffee; docker container rm --force c0ffee"],
  ["running", 5, "docker container stop --time 5 c0ffee; docker container rm --force c0ffee"],
  ["running", 0, "docker container rm --force c0ffee"],
  ["exited", undefined, "docker container rm --force c0ffee"],
  ["created", undefined, "docker container rm --force c0ffee"],
] as const)("one that is %s, grace %s, goes by: %s", (state, graceSeconds, expected) => {
  expect(stopAndRemove(containerFacts({ state }), graceSeconds).map(render).join("; ")).toBe(expected);
});

test.each([
  [["-v", "/srv/db:/data"], [], true],
  [["-v", "/etc/conf:/conf:ro"], [], false],
  [["--tmpfs", "/tmp"], [], false],
  [[], [{ name: "data", target: "/data" }], true],
  [[], [], false],
])("arguments %j and volumes %j: what it writes stays: %s", (args, volumes, expected) => {
  expect(writesToMounts(args, containerFacts({ volumes }))).toBe(expected);
});
