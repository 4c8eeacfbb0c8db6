import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hash, lookAtPlace } from "../../../src/domain/move/data-commands.ts";
import { accept, pack, unpack } from "../../../src/domain/move/tar-commands.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-data-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(command: Command, path = process.env["PATH"] ?? "") {
  const { status, stdout } = spawnSync("sh", ["-c", render(command)], { env: { PATH: path }, encoding: "utf8" });
  return { status, stdout };
}

/** A program that fails, found before the real one: the PATH of a node with a broken disk. */
function failing(program: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, program), `#!/bin/sh\necho '${program}: Input/output error' >&2\nexit 2\n`);
  chmodSync(join(bin, program), 0o755);
  return `${bin}:${process.env["PATH"] ?? ""}`;
}

describe("the look at where data is to go", () => {
  const look = (path?: string) => run(lookAtPlace({ path: join(folder, "it"), isFile: false }), path).status;
  const full = (): void => {
    mkdirSync(join(folder, "it"));
    writeFileSync(join(folder, "it", "file"), "");
  };

  test.each<[string, number, () => void]>([
    ["nothing", 0, () => undefined],
    [
      "an empty folder",
      0,
      () => {
        mkdirSync(join(folder, "it"));
      },
    ],
    ["a folder with something in it", 73, full],
    [
      "a folder with a file whose name is a newline",
      73,
      () => {
        mkdirSync(join(folder, "it"));
        writeFileSync(join(folder, "it", "\n"), "");
      },
    ],
    [
      "a file",
      73,
      () => {
        writeFileSync(join(folder, "it"), "");
      },
    ],
    [
      "a link to nowhere",
      73,
      () => {
        symlinkSync("nowhere", join(folder, "it"));
      },
    ],
  ])("%s: ends with %j", (_what, code, make) => {
    make();
    expect(look()).toBe(code);
  });

  test("a folder that cannot be listed is neither free nor taken", () => {
    full();
    expect(look(failing("ls"))).toBe(2);
  });
});

describe("the checksum of a folder", () => {
  const it = (name = "."): string => join(folder, "it", name);
  const relink = (name: string, to: string): void => {
    unlinkSync(it(name));
    symlinkSync(to, it(name));
  };
  const of = (place = it(), path?: string) => run(hash({ path: place, isFile: false }), path);

  beforeEach(() => {
    mkdirSync(it("releases/1"), { recursive: true });
    mkdirSync(it("a  b"));
    for (const name of ["file", "a  b/c", "new\nline", "back\\slash", "*", " ", "-n"]) writeFileSync(it(name), name);
    for (const name of ["file", "new\nline", "back\\slash", "releases/1"]) chmodSync(it(name), 0o750);
    symlinkSync("releases/1", it("current"));
    symlinkSync("nowhere\\n", it("line\nlink"));
  });

  test.each<[string, () => void]>([
    [
      "a content",
      () => {
        writeFileSync(it("file"), "elif");
      },
    ],
    [
      "the content of an odd name",
      () => {
        writeFileSync(it("new\nline"), "enil\nwen");
      },
    ],
    [
      "where a link leads",
      () => {
        relink("current", "releases/2");
      },
    ],
    [
      "where a link of an odd name leads",
      () => {
        relink("line\nlink", "x");
      },
    ],
    [
      "an empty folder",
      () => {
        mkdirSync(it("empty"));
      },
    ],
    [
      "the mode of a file",
      () => {
        chmodSync(it("file"), 0o751);
      },
    ],
    [
      "the mode of an odd name",
      () => {
        chmodSync(it("back\\slash"), 0o751);
      },
    ],
    [
      "the mode of a folder",
      () => {
        chmodSync(it("releases"), 0o700);
      },
    ],
    [
      "the mode of the folder itself",
      () => {
        chmodSync(it(), 0o700);
      },
    ],
  ])("tells %s", (_what, change) => {
    const before = of();
    expect(before.status).toBe(0);
    change();
    expect(of().stdout).not.toBe(before.stdout);
  });

  test.runIf(process.getuid?.() === 0)("tells an owner and a group", () => {
    const hashes = [of().stdout];
    chownSync(it("file"), 7, 0);
    hashes.push(of().stdout);
    chownSync(it("file"), 0, 7);
    hashes.push(of().stdout);
    expect(new Set(hashes).size).toBe(3);
  });

  test("is the same of a copy, without the sockets that were left in it, on GNU and on busybox", async () => {
    const server = createServer().listen(it("socket"));
    try {
      const copy = join(folder, "copy");
      mkdirSync(copy);
      const archive = execFileSync("sh", ["-c", render(pack({ path: it(), isFile: false }, "all"))], { stdio: "pipe" });
      execFileSync("sh", ["-c", render(unpack({ path: copy, isFile: false }, "all"))], { input: archive });
      execFileSync("sh", ["-c", render(accept({ path: copy, isFile: false }, "all"))]);
      const bin = join(folder, "busybox");
      mkdirSync(bin);
      execFileSync("busybox", ["--install", "-s", bin]);
      const hashes = [of(), of(copy), of(it(), bin), of(copy, bin)];
      expect(hashes).toEqual(hashes.map(() => ({ status: 0, stdout: hashes[0]?.stdout })));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test.each(["find", "stat", "sha256sum", "readlink"])("there is none where %s fails", (program) => {
    expect(of(it(), failing(program)).status).not.toBe(0);
  });

  test("of one file: its content and its mode", () => {
    const ofFile = () => run(hash({ path: it("file"), isFile: true }));
    const hashes = [ofFile().stdout];
    chmodSync(it("file"), 0o751);
    hashes.push(ofFile().stdout);
    writeFileSync(it("file"), "elif");
    expect(ofFile().status).toBe(0);
    hashes.push(ofFile().stdout);
    expect(new Set(hashes).size).toBe(3);
  });
});
