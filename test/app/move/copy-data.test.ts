import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, Readable } from "node:stream";
import { pack } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyData, discardCopies, refuseUncopyable } from "../../../src/app/move/copy-data.ts";
import type { Connection, Outcome, RunOptions } from "../../../src/app/ports.ts";
import { lookAtPlace, type DataPlace } from "../../../src/domain/move/data-commands.ts";
import { tarKind } from "../../../src/domain/move/tar-commands.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

const { signal } = new AbortController();
const step = { update: () => undefined, done: () => undefined, fail: () => undefined };

const warned: string[] = [];
const ports = { signal, progress: { step: () => step, warn: (text: string) => void warned.push(text) } };

let folder = "";
beforeEach(() => {
  warned.length = 0;
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
  const copied: DataPlace[] = [];
  const noting = (place: DataPlace): Promise<void> => Promise.resolve(void copied.push(place));
  const told = { code, node: "n2", message: expect.stringContaining(`opying data failed on n2: ${why}.`) as string };
  await expect(refuseUncopyable(ports, ends)).rejects.toMatchObject(told);
  await expect(copyData(ports, { ...ends, powers: new Set(), step, noting })).rejects.toMatchObject(told);
  expect([copied, readFileSync(path, "utf8")]).toEqual([[], "of the target\n"]);
});

test.runIf(process.getuid?.() === 0)("what a hostile source slips in comes nowhere, and is named", async () => {
  const path = join(folder, "data");
  mkdirSync(path);
  writeFileSync(join(path, "file"), "harmless\n");
  const [from, to] = [nodeHere("n1"), nodeHere("n2")];
  const ends = { from, to, data: [{ kind: "bind", source: path, target: "/data" }] as const };
  const powers = await refuseUncopyable(ports, ends).catch(() => new Set<string>());
  rmSync(join(path, "file"));
  const stream = pack();
  stream.entry({ name: "./su", mode: 0o4755 }, "#!/bin/sh\n");
  stream.finalize();
  from.pipe = () => Promise.resolve(stream as unknown as Duplex);
  const copied: DataPlace[] = [];
  const noting = (place: DataPlace): Promise<void> => Promise.resolve(void copied.push(place));
  await expect(copyData(ports, { ...ends, powers, step, noting })).rejects.toMatchObject({
    code: "move-failed",
    node: "n1",
    message: expect.stringContaining("which " + path + " did not hold before: -rwsr-xr-x 0:0 0:0 ./su.") as string,
  });
  await discardCopies(to, copied);
  expect(readdirSync(path)).toEqual([]);
});

test("an old busybox, whose tar would write wherever the source says, gets nothing", async () => {
  const said = { ...rest, status: "ok", code: 0, stdout: "BusyBox v1.27.2 (2018-01-01) multi-call binary.\n" } as const;
  const to = nodeHere("n2", { [render(tarKind)]: said });
  const data = [{ kind: "bind", source: folder, target: "/data" }] as const;
  await expect(refuseUncopyable(ports, { from: nodeHere("n1"), to, data })).rejects.toMatchObject({
    code: "move-failed",
    node: "n2",
    message: "The tar of n2 is that of BusyBox 1.27.2, which would let n1 write anywhere on it.",
  });
});

function lookAt(path: string): string {
  return render(lookAtPlace({ path, isFile: true }));
}

/** A node whose disk is this machine's; `ends` are the outcomes of commands that do not run. */
function nodeHere(node: string, ends: Readonly<Record<string, Outcome>> = {}): Connection {
  return {
    node,
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: async (command: Command, { stdin }: RunOptions = {}) => {
      const line = render(command);
      return ends[line] ?? here(line, typeof stdin === "object" && Symbol.asyncIterator in stdin ? stdin : undefined);
    },
  } as unknown as Connection;
}

async function here(line: string, stdin?: AsyncIterable<Uint8Array>): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile("sh", ["-c", line], (error, stdout, stderr) => {
      const said = { ...rest, stdout, stderr };
      resolve(error ? { ...said, status: "failed", code: Number(error.code) } : { ...said, status: "ok", code: 0 });
    });
    if (stdin && child.stdin) Readable.from(stdin).pipe(child.stdin);
  });
}
