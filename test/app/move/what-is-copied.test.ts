import { expect, test } from "vitest";
import { kept, tellOfCopy } from "../../../src/app/move/what-is-copied.ts";
import type { Connection } from "../../../src/app/ports.ts";

const { signal } = new AbortController();

/** A node whose `tar` says this of itself. */
const withTar = (node: string, says: string): Connection =>
  ({
    node,
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: () => Promise.resolve({ status: "ok", code: 0, stdout: says, stderr: "", truncated: false, durationMs: 1 }),
  }) as unknown as Connection;

const busybox = "BusyBox v1.36.1 (2024-01-01) multi-call binary.";

test.each([
  ["all", "all", "all"],
  ["all", busybox, "plain"],
  [busybox, "all", "plain"],
  [busybox, busybox, "plain"],
])("a copy keeps what both tars can: %s to %s: %s", async (source, target, keeps) => {
  expect(await kept({ signal }, { from: withTar("n1", source), to: withTar("n2", target) })).toBe(keeps);
});

test("what a copy will lack is told, and what in it gives rights", () => {
  const ends = { from: withTar("n1", ""), to: withTar("n2", "") };
  const told = (keeps: "all" | "plain", powers: readonly string[]): readonly string[] => {
    const warned: string[] = [];
    tellOfCopy({ signal, progress: { warn: (text) => warned.push(text) } }, ends, { keeps, powers: new Set(powers) });
    return warned;
  };
  expect(told("all", [])).toEqual([]);
  expect(told("plain", [])).toEqual([
    expect.stringMatching(/^The copy will lack .*: n1 and n2 do not both have GNU tar\.$/),
  ]);
  expect(told("all", ["-rwsr-xr-x 0:0 0:0 ./su", "\u001b[2J ./x"])).toEqual([
    "The data holds devices, or files that give rights to who runs them; n2 gets them too:\n    -rwsr-xr-x 0:0 0:0 ./su\n    \\x1b[2J ./x",
  ]);
});
