import { describe, expect, test } from "vitest";
import { guarded, guardRefusal } from "../../../src/domain/guard/command.ts";

const ticket = {
  guard: "GUARD",
  token: "tok",
  cluster: "home",
  clock: { bootId: "b00t", uptimeMs: 1_000_000, at: 0 },
  until: 10_000,
  fence: undefined,
  lock: undefined,
};

describe("a guarded command", () => {
  test.each([
    ["by hand", ticket, "sh -c GUARD guard.sh run tok home b00t 100999 '' '' '' 'docker start '\\''a b'\\'''"],
    [
      "of a daemon",
      { ...ticket, fence: { owner: "me", epoch: 7 }, lock: "vip" },
      "sh -c GUARD guard.sh run tok home b00t 100999 7 me vip 'docker start '\\''a b'\\'''",
    ],
  ])("%s", (_what, given, expected) => {
    expect(guarded("docker start 'a b'", given)).toBe(expected);
  });

  test.each([
    [180, "tok late 1284", "command-late", "reached the node 12.8 s after its deadline"],
    [181, "tok rebooted", "node-rebooted", "restarted since it was looked at"],
    [182, "noise\ntok superseded 9 other\n", "superseded", "(epoch 9)"],
    [183, "tok busy", "lock-held", "within 2 s"],
    [184, "tok state /var/lib/pictl/home", "state-write-failed", "/var/lib/pictl/home"],
  ])("refused with %i and %j", (code, stderr, expected, words) => {
    const error = guardRefusal(ticket, { code, stderr }, "n1");
    expect(error).toMatchObject({ code: expected, node: "n1" });
    expect(error?.message).toContain(words);
    expect(error?.message).toContain("nothing was done");
  });

  test.each([
    [0, "tok late 1"],
    [180, "late 1"],
    [180, "another-tok late 1"],
    [null, "tok late 1"],
    [179, "tok late 1"],
  ])("not refused: %j and %j", (code, stderr) => {
    expect(guardRefusal(ticket, { code, stderr }, "n1")).toBeUndefined();
  });
});
