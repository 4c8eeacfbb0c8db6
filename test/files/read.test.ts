/** What lies where a file is expected: none of it may hold us up, or fill the memory. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBuildContexts } from "../../src/adapters/build-context/index.ts";
import { openConfigStore } from "../../src/adapters/config/index.ts";
import { openSecrets } from "../../src/adapters/secrets/index.ts";
import { readKeyFile } from "../../src/adapters/ssh/auth/key-file.ts";
import { readIfThere } from "../../src/adapters/ssh/config/text-file.ts";
import { execTask } from "../../src/cli/input/exec-task.ts";
import { readText, readWhole, whyUnread } from "../../src/files/read.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-read-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const reasonOf = (reading: Promise<unknown>): Promise<string> => reading.then(() => "read", whyUnread);

const planted: readonly (readonly [what: string, plant: (path: string) => void, why: string])[] = [
  [
    "a fifo",
    (path) => {
      execFileSync("mkfifo", [path]);
    },
    "is not a regular file, but a fifo",
  ],
  [
    "a link to /dev/zero",
    (path) => {
      symlinkSync("/dev/zero", path);
    },
    "is not a regular file, but a device",
  ],
  [
    "a folder",
    (path) => {
      mkdirSync(path);
    },
    "is a folder",
  ],
  [
    "a file of 100 GB",
    (path) => {
      execFileSync("truncate", ["-s", "100G", path]);
    },
    "has more than",
  ],
];

test.each(planted)("%s is not read", async (_what, plant, why) => {
  const path = join(folder, "file");
  plant(path);
  expect(await reasonOf(readWhole(path, { maxBytes: 100 }))).toContain(why);
});

test.each([
  ["/dev/full", "is not a regular file, but a device"],
  ["/nowhere/at/all", "does not exist"],
  ["/proc/self/mem", "cannot be read: "],
])("%s is not read either", async (path, why) => {
  expect(await reasonOf(readWhole(path, { maxBytes: 100 }))).toContain(why);
});

test("a socket is not read, and a link is where it may be one", async () => {
  const path = join(folder, "socket");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(await reasonOf(readWhole(path, { maxBytes: 100 }))).toBe("is not a regular file, but a socket");
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(join(folder, "text"), "text");
  symlinkSync("text", join(folder, "link"));
  expect(await readText(join(folder, "link"), { maxBytes: 4 })).toBe("text");
  expect(await reasonOf(readText(join(folder, "link"), { maxBytes: 4, links: false }))).toBe("is a symbolic link");
  expect(await reasonOf(readText(join(folder, "text"), { maxBytes: 3 }))).toBe("has more than 3 bytes");
});

test("a file that says it is empty is read no further than the limit", async () => {
  expect((await readWhole("/proc/self/status", { maxBytes: 100_000 })).bytes.length).toBeGreaterThan(100);
  expect(await reasonOf(readWhole("/proc/self/status", { maxBytes: 100 }))).toBe("has more than 100 bytes");
});

test("a pipe that is welcome is read to its end, or to the limit, and one without a writer is empty", async () => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  // Opened for both: the writer is there before the reader comes.
  const writing = async (line: string) => {
    const child = spawn("sh", ["-c", `exec 3<>"$1"; echo ready; ${line}`, "sh", path]);
    await once(child.stdout, "data");
    return child;
  };
  await writing("printf one >&3; sleep 0.3; printf two >&3; sleep 0.3");
  const { bytes } = await readWhole(path, { maxBytes: 100, pipes: true });
  expect(bytes.toString()).toBe("onetwo");
  expect((await readWhole(path, { maxBytes: 100, pipes: true })).bytes.length).toBe(0);
  const endless = await writing("exec cat /dev/zero >&3");
  expect(await reasonOf(readWhole(path, { maxBytes: 100_000, pipes: true }))).toBe("has more than 100000 bytes");
  endless.kill();
});

describe("wherever a file is asked for", () => {
  const parse = (() => new Error("none")) as unknown as Parameters<typeof readKeyFile>[0];
  const readers: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    ["a secret", (path) => openSecrets({}).read({ from: "file", path })],
    ["an env_file", (path) => openSecrets({}).envFile(path)],
    ["a config", (path) => openConfigStore(path).read()],
    ["a key", async (path) => Promise.reject(new Error(JSON.stringify(await readKeyFile(parse, path))))],
    ["known_hosts", (path) => readIfThere(path)],
  ];
  const all = readers.flatMap(([reader, read]) =>
    planted.map(([what, plant, why]) => [what, reader, plant, read, why] as const),
  );
  test.each(all)("%s as %s is refused in words", async (_what, _reader, plant, read, why) => {
    const path = join(folder, "file");
    plant(path);
    await expect(read(path)).rejects.toThrow(why);
  });

  test.each(planted.filter(([what]) => what !== "a fifo"))(
    "%s as a script is refused in words",
    async (_what, plant, why) => {
      const path = join(folder, "file");
      plant(path);
      await expect(execTask([], path)).rejects.toThrow(why);
    },
  );

  test.each(planted)("%s as .dockerignore is refused in words", async (_what, plant, why) => {
    plant(join(folder, ".dockerignore"));
    const never = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };
    const contexts = openBuildContexts({ memory: () => never, sent: () => never, clock: { now: () => 0 } });
    await expect(contexts.open(folder)).rejects.toThrow(why);
  });

  test("/dev/null is an empty list of hosts", async () => {
    expect(await readIfThere("/dev/null")).toBe("");
  });
});

test("a file that says to come again later is not waited for: only a pipe may have something by then", async () => {
  const read = await Promise.race([
    reasonOf(readText("/proc/kmsg", { maxBytes: 1024, pipes: true })),
    pause(2000, "held up"),
  ]);
  expect(read).not.toBe("held up");
});
