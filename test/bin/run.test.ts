import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

// The built program, as the shell starts it (npm run build).
const program = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const pjson = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };

describe("the version", () => {
  test.each([["--version"], ["-v"], ["version"]])("%s", (word) => {
    expect(pictl(word)).toEqual({ status: 0, stdout: `${pjson.version}\n`, stderr: "" });
  });
});

describe("--json is one document, also where the answer is a text", () => {
  test.each([["--version"], ["version"]])("%s", (word) => {
    const document = { ok: true, exitCode: 0, result: { version: pjson.version }, failures: [] };
    for (const words of [
      ["--json", word],
      [word, "--json"],
    ]) {
      const { status, stdout, stderr } = pictl(...words);
      expect([status, JSON.parse(stdout), stderr]).toEqual([0, document, ""]);
    }
  });

  test.each([
    [["--help"]],
    [["help"]],
    [["config"]],
    [["config", "--help"]],
    [["status", "--help"]],
    [["help", "status"]],
  ])("%j", (words) => {
    const help = pictl(...words).stdout;
    for (const said of [
      ["--json", ...words],
      [...words, "--json"],
    ]) {
      const { status, stdout, stderr } = pictl(...said);
      expect([status, JSON.parse(stdout), stderr]).toEqual([
        0,
        { ok: true, exitCode: 0, result: { help }, failures: [] },
        "",
      ]);
    }
  });

  test("behind `--` it is a word of the command that is run on nodes", () => {
    const { status, stdout, stderr } = pictl(
      "exec",
      "--config",
      "/nonexistent.json",
      "--",
      "docker",
      "--json",
      "--debug",
    );
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^✗ [^{]*\n {2}→ .*\n$/);
  });

  test("a command that is none has no stack, also with --debug", () => {
    const { status, stdout, stderr } = pictl("--debug", "--json", "nope");
    expect([status, (JSON.parse(stdout) as { ok: boolean }).ok, stderr]).toEqual([2, false, ""]);
  });
});

describe("help", () => {
  test.each([[[]], [["--help"]], [["-h"]], [["help"]]])("%j lists the commands in groups", (words) => {
    const { status, stdout, stderr } = pictl(...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^CONTAINERS\n(?: .*\n)* {2}create {2,}\S/m);
    expect(stdout).not.toMatch(/^ +(ps|__complete) /m);
  });

  test("help COMMAND is the command's manual page", () => {
    expect(pictl("help", "status")).toEqual(pictl("status", "--help"));
    expect(pictl("help", "status").stdout).toContain("USAGE\n  $ pictl status [CONTAINER...] [FLAGS]\n");
    expect(pictl("help", "container", "add").stdout).toContain("  $ pictl container add NAME --node NODE [FLAGS]\n");
  });

  test("fits 80 columns; a longer example goes on behind a backslash", () => {
    const { stdout } = pictl("help", "init");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^ {2}\$ pictl init --node .* \\\n {6}--\S/m);
  });

  test("a topic lists its commands", () => {
    expect(pictl("lab").stdout).toMatch(/^COMMANDS\n +lab cut /m);
  });

  test("has no escape codes when it is not shown on a terminal", () => {
    expect(pictl("--help").stdout).not.toContain("\u001b");
  });
});

describe("what is no command", () => {
  test.each([
    [
      ["restrat", "web"],
      '✗ There is no command "restrat"; did you mean "restart"?\n  → `pictl --help` lists the commands.\n',
    ],
    [["xyzzy"], '✗ There is no command "xyzzy".\n  → `pictl --help` lists the commands.\n'],
    [["xyzzy", "--help"], '✗ There is no command "xyzzy".\n  → `pictl --help` lists the commands.\n'],
    [["help", "xyzzy"], '✗ There is no command "xyzzy".\n  → `pictl --help` lists the commands.\n'],
    [
      ["lab", "upp"],
      '✗ There is no command "lab upp"; did you mean "lab up"?\n  → `pictl lab --help` lists the commands.\n',
    ],
    [["stauts"], '✗ There is no command "stauts"; did you mean "status"?\n  → `pictl --help` lists the commands.\n'],
    [
      ["config", "path", "x"],
      '✗ "x" is more than the command takes.\n  → `pictl config path --help` shows what it takes.\n',
    ],
    [["hb", "x"], '✗ "x" is more than the command takes.\n  → `pictl hb --help` shows what it takes.\n'],
    [["daemon", "--every", "3"], "✗ --every needs --once too.\n  → `pictl daemon --help` shows what it takes.\n"],
    [
      ["status", "--jsn"],
      "✗ There is no flag --jsn; did you mean --json?\n  → `pictl status --help` shows what it takes.\n",
    ],
    [
      ["--node", "n1", "status"],
      '✗ "--node" stands where a command is expected.\n  → The command comes first, then its flags: `pictl nodes --json`. `pictl --help` lists the commands.\n',
    ],
  ])("%j", (words, stderr) => {
    expect(pictl(...words)).toEqual({ status: 2, stdout: "", stderr });
  });

  test("takes global flags ahead of the command", () => {
    expect(pictl("--config", "/nowhere/x.json", "status").stderr).toContain("/nowhere/x.json");
  });

  test("says so as one JSON document under --json", () => {
    const { status, stdout, stderr } = pictl("restrat", "--json");
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      exitCode: 2,
      result: null,
      failures: [
        {
          code: "usage",
          message: 'There is no command "restrat"; did you mean "restart"?',
          hint: "`pictl --help` lists the commands.",
        },
      ],
    });
  });
});

test.each([["--version"], ["--help"], ["completion bash"], ["restrat --json"]])(
  "%s into a closed pipe ends quietly, as if by SIGPIPE",
  async (words) => {
    const child = spawn(process.execPath, [program, ...words.split(" ")], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, "close")) as [number];
    expect({ status, stderr }).toEqual({ status: 141, stderr: "" });
  },
);

test.each<[string, number, string]>([
  ["--version", 1, "could not be written to stdout: ENOSPC"],
  ["--help", 1, "could not be written to stdout: ENOSPC"],
  ["completion bash", 1, "could not be written to stdout: ENOSPC"],
  ["restrat --json", 1, "could not be written to stdout: ENOSPC"],
  // It says nothing there.
  ["restrat", 2, 'There is no command "restrat"'],
])("%s onto a full disk is a line and an exit code", (words, code, says) => {
  const full = openSync("/dev/full", "w");
  const run = (stderr: "pipe" | number) =>
    spawnSync(process.execPath, [program, ...words.split(" ")], { encoding: "utf8", stdio: ["ignore", full, stderr] });
  const told = run("pipe");
  expect([told.status, told.stderr]).toEqual([code, expect.stringContaining(says)]);
  expect(told.stderr).not.toMatch(/\n\s+at |node:/);
  expect(run(full).status).toBe(code);
  closeSync(full);
});

function pictl(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, HOME: tmpdir() },
  });
  return { status, stdout, stderr };
}
