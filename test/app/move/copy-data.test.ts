import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyData, refuseUncopyable } from "../../../src/app/move/copy-data.ts";
import type { Connection, Outcome } from "../../../src/app/ports.ts";
import { lookAtPlace, type Place } from "../../../src/domain/move/data-commands.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

const { signal } = new AbortController();
const step = { update: () => undefined, done: () => undefined, fail: () => undefined };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-copy-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As GNU tar says it. */
const noRoom = "tar: ./f: Wrote only 5120 of 10240 bytes\ntar: Exiting with failure status due to previous errors\n";
const rest = { stdout: "", stderr: "", truncated: false, durationMs: 1 };

test.each<[string, Outcome, string, string]>([
  ["is killed", { ...rest, status: "failed", code: 137 }, "command-failed", "exit code 137"],
  [
    "fails",
    { ...rest, status: "failed", code: 1, stderr: "ls: Input/output error\n" },
    "command-failed",
    "ls: Input/output error",
  ],
  [
    "finds no room",
    { ...rest, status: "failed", code: 2, stderr: noRoom },
    "disk-full",
    "tar: ./f: Wrote only 5120 of 10240 bytes",
  ],
  [
    "ends with its connection",
    { ...rest, status: "unknown", code: null, reason: "connection-lost" },
    "connection-lost",
    "the connection was lost",
  ],
])("what is on the target is left alone when the look at it %s", async (_how, end, code, why) => {
  const path = join(folder, "app.conf");
  writeFileSync(path, "of the target\n");
  const data = [{ kind: "bind", source: path, target: "/app.conf" }] as const;
  const ends = { from: nodeHere("n1"), to: nodeHere("n2", { [lookAt(path)]: end }), data };
  const copied: Place[] = [];
  const noting = (place: Place): Promise<void> => Promise.resolve(void copied.push(place));
  const told = { code, node: "n2", message: expect.stringContaining(`opying data failed on n2: ${why}.`) as string };
  await expect(refuseUncopyable({ signal }, ends)).rejects.toMatchObject(told);
  await expect(copyData({ signal }, { ...ends, step, noting })).rejects.toMatchObject(told);
  expect([copied, readFileSync(path, "utf8")]).toEqual([[], "of the target\n"]);
});

function lookAt(path: string): string {
  return render(lookAtPlace({ path, isFile: true }));
}

/** A node whose disk is this machine's; `ends` are the outcomes of commands that do not run. */
function nodeHere(node: string, ends: Readonly<Record<string, Outcome>> = {}): Connection {
  return {
    node,
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command) => {
      const line = render(command);
      return ends[line] ? Promise.resolve(ends[line]) : here(line);
    },
  } as unknown as Connection;
}

function here(line: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile("sh", ["-c", line], (error, stdout, stderr) => {
      const said = { ...rest, stdout, stderr };
      resolve(error ? { ...said, status: "failed", code: Number(error.code) } : { ...said, status: "ok", code: 0 });
    });
  });
}
