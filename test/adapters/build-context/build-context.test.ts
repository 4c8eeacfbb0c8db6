import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { BuildContext } from "../../../src/app/ports.ts";
import { contextsIn, memoryFolder, opened } from "./contexts.ts";
import { entriesOf, pathsOf } from "./entries.ts";
import { folderWith } from "./folders.ts";

const contexts = contextsIn(memoryFolder(afterAll));
const open = (folder: string): Promise<BuildContext> => opened(contexts, folder);

async function drain(tar: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of tar) bytes += chunk.length;
  return bytes;
}

describe("what is sent", () => {
  it("files, folders and links, in one order, as they are but for their owners", async () => {
    const folder = folderWith({ "b/run.sh": "#!/bin/sh\n", "a.txt": "hello", "b/secret": "s" });
    mkdirSync(join(folder, "empty"));
    chmodSync(join(folder, "b/run.sh"), 0o6775);
    chmodSync(join(folder, "a.txt"), 0o664);
    chmodSync(join(folder, "b/secret"), 0o600);
    chmodSync(join(folder, "b"), 0o1777);
    symlinkSync("/etc/passwd", join(folder, "leak"));
    symlinkSync("../..", join(folder, "b/up"));
    const mtime = 981_173_106_000;
    const made = execFileSync("find", [folder, "-print0"]).toString().split("\0").filter(Boolean);
    for (const path of made) lutimesSync(path, mtime / 1000, mtime / 1000);
    const context = await open(folder);
    const common = { mtime, owner: "0:0", linkname: null, data: "" };
    const [first, ...rest] = await entriesOf(context.tar());
    expect(first).toMatchObject({ name: "./", type: "directory", mode: 0o755, owner: "0:0" });
    expect(rest).toEqual([
      { ...common, name: "Dockerfile", type: "file", mode: 0o644, data: "FROM scratch\nCOPY . /\n" },
      { ...common, name: "a.txt", type: "file", mode: 0o664, data: "hello" },
      { ...common, name: "b/", type: "directory", mode: 0o1777 },
      { ...common, name: "b/run.sh", type: "file", mode: 0o6775, data: "#!/bin/sh\n" },
      { ...common, name: "b/secret", type: "file", mode: 0o600, data: "s" },
      { ...common, name: "b/up", type: "symlink", mode: 0o777, linkname: "../.." },
      { ...common, name: "empty/", type: "directory", mode: 0o755 },
      { ...common, name: "leak", type: "symlink", mode: 0o777, linkname: "/etc/passwd" },
    ]);
    expect(context).toMatchObject({ folder, files: 4, bytes: 38 });
  });

  it("any name, as GNU tar reads it", async () => {
    const names = [
      "x".repeat(255),
      `${"d/".repeat(120)}deep`,
      "new\nline",
      "ünïcode ☃",
      "-rf",
      "a b",
      "back\\slash",
      "ü".repeat(120),
    ];
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, `data of ${name}`])));
    symlinkSync(`${"z".repeat(150)}ü`, join(folder, "link"));
    const tar = join(folder, "..", "pictl-names.tar");
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await open(folder)).tar()) chunks.push(Buffer.from(chunk));
    writeFileSync(tar, Buffer.concat(chunks));
    const target = folderWith({ Dockerfile: null });
    execFileSync("tar", ["-xf", tar, "-C", target]);
    rmSync(tar);
    expect(execFileSync("diff", ["-r", "--no-dereference", folder, target]).toString()).toBe("");
  });

  it("begins with a plain name, since docker takes for a Dockerfile what begins otherwise", async () => {
    const folder = folderWith({ "!ünïcode": "", [`!${"x".repeat(120)}`]: "" });
    for await (const chunk of (await open(folder)).tar()) {
      expect(String.fromCharCode(chunk[156] ?? 0)).toBe("5");
      break;
    }
  });

  it("a time that a tar cannot tell is the nearest that it can", async () => {
    const folder = folderWith({ early: "", late: "" });
    execFileSync("touch", ["-d", "@-1000", join(folder, "early")]);
    execFileSync("touch", ["-d", `@${String(2 ** 32)}`, join(folder, "late")]);
    const times = (await entriesOf((await open(folder)).tar())).map(({ name, mtime }) => [name, mtime / 1000]);
    expect(times).toEqual(
      expect.arrayContaining([
        ["early", 0],
        ["late", 2 ** 31 - 1],
      ]),
    );
  });

  it("a hard link is a file, and the folder itself may be a link", async () => {
    const folder = folderWith({ a: "same" });
    linkSync(join(folder, "a"), join(folder, "b"));
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    try {
      const entries = await entriesOf((await open(link)).tar());
      expect(entries.map(({ name, type, data }) => [name, type, data])).toEqual([
        ["./", "directory", ""],
        ["Dockerfile", "file", "FROM scratch\nCOPY . /\n"],
        ["a", "file", "same"],
        ["b", "file", "same"],
      ]);
    } finally {
      rmSync(link);
    }
  });
});

describe("the digest", () => {
  it.each([0o002, 0o027, 0o077])("is the same for a copy with other times, and made under umask %o", async (umask) => {
    const folder = folderWith({ a: "1", "b/c": "2", "b/run": "#!" });
    chmodSync(join(folder, "b/run"), 0o755);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    try {
      for (const path of ["a", "b/c", "Dockerfile"]) chmodSync(join(copy, path), 0o666 & ~umask);
      for (const path of ["b", "b/run"]) chmodSync(join(copy, path), 0o777 & ~umask);
      utimesSync(join(copy, "a"), 1, 1);
      expect((await open(copy)).digest).toBe((await open(folder)).digest);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("does not depend on the order in which the folder was filled", async () => {
    const names = fc.uniqueArray(
      fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/).filter((name) => !/^\.\.?$/.test(name)),
      { minLength: 2, maxLength: 12, selector: (name) => name.toLowerCase() },
    );
    await fc.assert(
      fc.asyncProperty(names, async (list) => {
        const files = list
          .filter((name) => !/dockerfile|dockerignore/i.test(name))
          .map((name): [string, string] => [name, name]);
        const one = await open(folderWith(Object.fromEntries(files)));
        const other = await open(folderWith(Object.fromEntries(files.reverse())));
        expect(other.digest).toBe(one.digest);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [
      "data",
      (folder: string) => {
        writeFileSync(join(folder, "a"), "2");
      },
    ],
    [
      "a name",
      (folder: string) => {
        renameSync(join(folder, "a"), join(folder, "b"));
      },
    ],
    [
      "the executable bit",
      (folder: string) => {
        chmodSync(join(folder, "a"), 0o755);
      },
    ],
    [
      "privacy",
      (folder: string) => {
        chmodSync(join(folder, "a"), 0o600);
      },
    ],
    [
      "what the group may do",
      (folder: string) => {
        chmodSync(join(folder, "a"), 0o640);
      },
    ],
    [
      "what everybody may do",
      (folder: string) => {
        chmodSync(join(folder, "a"), 0o666);
      },
    ],
    [
      "a set-user-id bit",
      (folder: string) => {
        chmodSync(join(folder, "a"), 0o4644);
      },
    ],
    [
      "an empty folder",
      (folder: string) => {
        mkdirSync(join(folder, "e"));
      },
    ],
    [
      "a link instead of a file",
      (folder: string) => {
        rmSync(join(folder, "a"));
        symlinkSync("1", join(folder, "a"));
      },
    ],
  ])("changes with %s", async (_name, change) => {
    const folder = folderWith({ a: "1" });
    const before = (await open(folder)).digest;
    change(folder);
    const after = (await open(folder)).digest;
    expect(before).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(after).not.toBe(before);
  });

  it("does not change with what is ignored", async () => {
    const folder = folderWith({ ".dockerignore": "*.log\n", a: "1" });
    const before = (await open(folder)).digest;
    writeFileSync(join(folder, "x.log"), "noise");
    expect((await open(folder)).digest).toBe(before);
  });
});

describe("what is refused", () => {
  const refusal = (message: string) => ({
    code: "build-context-invalid",
    message: expect.stringContaining(message) as string,
  });

  it("no folder here is no error: the node may have one", async () => {
    expect(await contexts.open("/nonexistent/folder")).toBeUndefined();
  });

  it("a folder without a Dockerfile, an empty one, a file", async () => {
    const bare = folderWith({ Dockerfile: null, a: "1" });
    await expect(contexts.open(bare)).rejects.toMatchObject(refusal("it has no Dockerfile"));
    await expect(contexts.open(folderWith({ Dockerfile: null }))).rejects.toMatchObject(refusal("it is empty"));
    await expect(contexts.open(join(bare, "a"))).rejects.toMatchObject(refusal("it is not a folder"));
    await expect(contexts.open(folderWith({ "Dockerfile/x": "", Dockerfile: null }))).rejects.toMatchObject(
      refusal('"Dockerfile" is a folder'),
    );
  });

  it("a Dockerfile that is a link: inside the folder yes, out of it no", async () => {
    const folder = folderWith({ Dockerfile: null, "build/Dockerfile": "FROM scratch\n" });
    symlinkSync("build/Dockerfile", join(folder, "Dockerfile"));
    expect((await open(folder)).files).toBe(1);
    rmSync(join(folder, "Dockerfile"));
    symlinkSync("/etc/hostname", join(folder, "Dockerfile"));
    await expect(contexts.open(folder)).rejects.toMatchObject(refusal('"Dockerfile" is a link that leaves the folder'));
  });

  it("fifos and sockets, named; not when they are ignored", async () => {
    const folder = folderWith({ "run/x": "" });
    execFileSync("mkfifo", [join(folder, "run/pipe")]);
    await expect(contexts.open(folder)).rejects.toMatchObject(refusal('"run/pipe" is a fifo'));
    writeFileSync(join(folder, ".dockerignore"), "run/pipe\n");
    expect(await pathsOf((await open(folder)).tar())).toEqual([".dockerignore", "Dockerfile", "run/", "run/x"]);

    const server = createServer().listen(join(folder, "app.sock"));
    await once(server, "listening");
    try {
      await expect(contexts.open(folder)).rejects.toMatchObject(refusal('"app.sock" is a socket'));
    } finally {
      server.close();
    }
  });

  it("a name that is not UTF-8", async () => {
    const folder = folderWith();
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), "");
    await expect(contexts.open(folder)).rejects.toMatchObject(refusal("has a name that is not UTF-8"));
  });

  it("what may not be read", async () => {
    const folder = folderWith({ a: "1" });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "a"), 0o000);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.("nobody");
    try {
      await expect(contexts.open(folder)).rejects.toMatchObject(refusal('"a" cannot be read (permission denied)'));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it("a bad pattern, with its line", async () => {
    const folder = folderWith({ ".dockerignore": "# fine\n*.log\n[z-a]\n" });
    await expect(contexts.open(folder)).rejects.toMatchObject(
      refusal('".dockerignore" has no valid pattern in line 3: "[z-a]"'),
    );
  });

  it("an interrupted reading", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(contexts.open(folderWith(), controller.signal)).rejects.toMatchObject({ code: "interrupted" });
    const context = await open(folderWith({ a: "1" }));
    await expect(drain(context.tar(controller.signal))).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("a folder that changes on the way", () => {
  const big = "x".repeat(300_000);

  it.each([
    [
      "grows",
      (path: string) => {
        appendFileSync(path, "more");
      },
    ],
    [
      "shrinks",
      (path: string) => {
        truncateSync(path, 10);
      },
    ],
    [
      "is written anew with the same size",
      (path: string) => {
        writeFileSync(path, big.replaceAll("x", "y"));
      },
    ],
    [
      "is gone",
      (path: string) => {
        rmSync(path);
      },
    ],
    [
      "is a link now",
      (path: string) => {
        rmSync(path);
        symlinkSync("/etc/passwd", path);
      },
    ],
    [
      "is a fifo now",
      (path: string) => {
        rmSync(path);
        execFileSync("mkfifo", [path]);
      },
    ],
  ])("after the digest: a file that %s", async (_name, change) => {
    const folder = folderWith({ a: big });
    const context = await open(folder);
    change(join(folder, "a"));
    await expect(drain(context.tar())).rejects.toMatchObject({
      code: "build-context-invalid",
      message: expect.stringContaining('"a" changed while it was read') as string,
    });
  });

  it("in the middle of the file", async () => {
    const folder = folderWith({ a: big });
    const chunks = (await open(folder)).tar()[Symbol.asyncIterator]();
    await chunks.next();
    appendFileSync(join(folder, "a"), "more");
    await expect(async () => {
      while (!(await chunks.next()).done);
    }).rejects.toMatchObject({ code: "build-context-invalid" });
  });
});

it("a reader that stops early leaves no file open", async () => {
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  const context = await open(folderWith({ a: "x".repeat(1_000_000) }));
  const before = descriptors();
  for (let round = 0; round < 20; round += 1) {
    const chunks = context.tar()[Symbol.asyncIterator]();
    await chunks.next();
    await chunks.return?.();
  }
  expect(descriptors()).toBeLessThan(before + 5);
});

it("200 MB pass through in constant memory", async () => {
  const folder = folderWith();
  writeFileSync(join(folder, "big"), "");
  truncateSync(join(folder, "big"), 200 * 1024 * 1024);
  const context = await open(folder);
  const before = process.memoryUsage.rss();
  let most = 0;
  for await (const chunk of context.tar()) most = Math.max(most, process.memoryUsage.rss(), chunk.length);
  // Buffers are given back when they amount to 64 MB: V8 collects external memory no sooner.
  expect((most - before) / 2 ** 20).toBeLessThan(80);
});
