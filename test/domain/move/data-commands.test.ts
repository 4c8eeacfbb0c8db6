import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lookAtPlace } from "../../../src/domain/move/data-commands.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-data-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(command: Command, path = process.env["PATH"]) {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", render(command)], {
    env: { PATH: path },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
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
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "ls"), "#!/bin/sh\necho 'ls: Input/output error' >&2\nexit 2\n");
    chmodSync(join(bin, "ls"), 0o755);
    expect(look(`${bin}:${process.env["PATH"] ?? ""}`)).toBe(2);
  });
});
