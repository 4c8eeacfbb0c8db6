import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scriptFileCommand } from "../../../src/domain/exec/script-file.ts";
import { render } from "../../../src/domain/shell.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-script-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.each([["dash"], ["bash"], ["busybox sh"]])("%s", (shell) => {
  test("runs the script with its arguments, its name and what follows on stdin", async () => {
    const run = await start(
      shell,
      '#!/bin/sh -u\nprintf "%s|" "${0##*/}" "$@"; cat; exit 7',
      ["a b", "$(id)", "-x"],
      "rest\n",
    );
    expect(run).toEqual({ code: 7, stdout: "fix.sh|a b|$(id)|-x|rest\n", stderr: "" });
  });

  test("large scripts and binary stdin arrive whole", async () => {
    const padding = "# padding\n".repeat(50_000);
    const run = await start(shell, `${padding}wc -c`, [], "\0\n\xff".repeat(1000));
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\s*3000\s*$/) as string });
  });

  test("the folder is private while it runs", async () => {
    const run = await start(shell, 'stat -c %a "$0" "${0%/*}"');
    expect(run.stdout).toBe("700\n700\n");
  });

  test("half a script is not run", async () => {
    const command = render(scriptFileCommand({ name: "fix.sh", content: bytes("echo ran\n"), args: [] }));
    const run = await sh(shell, command, bytes("echo r"));
    expect(run).toMatchObject({
      code: 126,
      stdout: "",
      stderr: expect.stringContaining("did not arrive whole") as string,
    });
  });

  test("SIGTERM to the process group leaves nothing behind", async () => {
    const command = render(scriptFileCommand({ name: "fix.sh", content: bytes("echo begun; sleep 60\n"), args: [] }));
    const [program = "", ...words] = `${shell} -c`.split(" ");
    const child = spawn(program, [...words, command], {
      env: { ...process.env, TMPDIR: folder },
      detached: true,
    });
    child.stdin.write("echo begun; sleep 60\n");
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(await readdir(folder)).toHaveLength(1);
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each([
  ["#!/usr/bin/env python3\nx = 1\n", "/usr/bin/env", "python3"],
  ["#! /usr/bin/perl -w -T \nprint 1;\n", "/usr/bin/perl", "-w -T"],
  ["#!/bin/bash", "/bin/bash", ""],
  ["echo no shebang\n#!/bin/false\n", "sh", ""],
  ["", "sh", ""],
])("%j is run by %j %j", (content, interpreter, argument) => {
  const command = scriptFileCommand({ name: "x", content: bytes(content), args: ["y"] });
  expect(command).toMatchObject({ kind: "script", args: [String(content.length), interpreter, argument, "x", "y"] });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(shell: string, content: string, args: readonly string[] = [], stdin = ""): Promise<Run> {
  const command = render(scriptFileCommand({ name: "fix.sh", content: bytes(content), args }));
  const run = await sh(shell, command, Buffer.concat([bytes(content), Buffer.from(stdin, "latin1")]));
  expect(await readdir(folder)).toEqual([]);
  return run;
}

function sh(shell: string, command: string, stdin: Uint8Array): Promise<Run> {
  const [program = "", ...words] = `${shell} -c`.split(" ");
  return new Promise((resolve) => {
    const child = spawn(program, [...words, command], { env: { ...process.env, TMPDIR: folder } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(stdin);
  });
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
