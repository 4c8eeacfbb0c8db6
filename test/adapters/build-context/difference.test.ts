import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ContextDifference, SentContext } from "../../../src/app/ports.ts";
import { sha256 } from "../../../src/app/kit/digest.ts";
import { buildKept, contextGone } from "../../../src/domain/build/kept-context.ts";
import { render, words } from "../../../src/domain/shell.ts";
import { contextsIn, memoryFolder, opened } from "./contexts.ts";

/** Root keeps contexts in /var/lib, and this machine's is not for tests. */
const login = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** A megabyte of what does not repeat. */
function noise(seed: number): Buffer {
  const data = Buffer.alloc(1024 * 1024);
  let state = seed;
  for (let at = 0; at < data.length; at += 4) data.writeInt32LE((state = (state * 1_103_515_245 + 12_345) | 0), at);
  return data;
}

describe.each(["dash", "busybox sh"])("a node with %s", (shell) => {
  let folder: string;
  let node: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pictl-difference-"));
    node = mkdtempSync(join(tmpdir(), "pictl-node-"));
    onTestFinished(() => {
      for (const each of [folder, node]) rmSync(each, { recursive: true, force: true });
    });
    mkdirSync(join(node, "bin"));
    writeFileSync(join(node, "bin", "docker"), "#!/bin/sh\n");
    chmodSync(join(node, "bin", "docker"), 0o755);
    if (login) chownSync(node, login.uid, login.gid);
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    ["a", "b", "c"].forEach((name, index) => {
      writeFileSync(join(folder, name), noise(index + 1));
    });
    mkdirSync(join(folder, "many"));
    for (let index = 0; index < 50; index++)
      writeFileSync(join(folder, "many", `file ${String(index)}`), `${String(index)}\n`);
  });

  const memory = memoryFolder(afterAll);
  const context = () => opened(contextsIn(memory), folder);
  const tar = async (): Promise<string> => {
    const hash = createHash("sha256");
    for await (const chunk of (await context()).tar()) hash.update(chunk);
    return hash.digest("hex");
  };

  /** Sends it; resolves to the exit code and to the digest of what `docker build` got. */
  async function send(difference: ContextDifference, code = 0): Promise<{ code: number; got: string | undefined }> {
    const out = join(node, "out");
    rmSync(out, { force: true });
    const { id, bytes } = difference.sent;
    const build = words("sh", "-c", `cat >${out}; exit ${String(code)}`);
    const line = render(buildKept(build, { ...difference, key: "k", id, bytes }));
    const env = { PATH: `${join(node, "bin")}:${process.env["PATH"] ?? ""}`, HOME: node };
    const child = spawn("/usr/bin/env", [...shell.split(" "), "-c", line], {
      env,
      stdio: ["pipe", "ignore", "inherit"],
      ...login,
    });
    const ended = new Promise<number>((resolve) => {
      child.on("close", (status) => {
        resolve(status ?? -1);
      });
    });
    child.stdin.on("error", () => undefined);
    // A chunk is good until the next one.
    for await (const chunk of difference.chunks()) child.stdin.write(Buffer.from(chunk));
    child.stdin.end();
    const status = await ended;
    return { code: status, got: readdirSync(node).includes("out") ? sha256(readFileSync(out)) : undefined };
  }

  async function sentFirst(): Promise<SentContext> {
    const whole = await (await context()).difference(undefined);
    expect(await send(whole)).toEqual({ code: 0, got: await tar() });
    return whole.sent;
  }

  test("of a megabyte that changed, a megabyte goes over the line, and docker gets the very same tar", async () => {
    const before = await sentFirst();
    writeFileSync(join(folder, "b"), noise(9));
    const difference = await (await context()).difference(before);
    expect(difference.sentBytes).toBeLessThan(1.2 * 2 ** 20);
    expect(await send(difference)).toEqual({ code: 0, got: await tar() });
    // And so on, from what was put together.
    renameSync(join(folder, "a"), join(folder, "z"));
    rmSync(join(folder, "many", "file 7"));
    const next = await (await context()).difference(difference.sent);
    expect(next.sentBytes).toBeLessThan(100 * 1024);
    expect(await send(next, 7)).toEqual({ code: 7, got: await tar() });
    expect(readdirSync(join(node, ".local/state/pictl/contexts"))).toEqual([`k.${next.sent.id}.tar`]);
  });

  test("files that were only touched are not sent again", async () => {
    const before = await sentFirst();
    for (const name of ["a", "b", "c"]) utimesSync(join(folder, name), 1000, 1000);
    const difference = await (await context()).difference(before);
    expect(difference.sentBytes).toBeLessThan(100 * 1024);
    expect(await send(difference)).toEqual({ code: 0, got: await tar() });
  });

  test("a node that has it no more, or only half of it, says so and builds nothing", async () => {
    const before = await sentFirst();
    writeFileSync(join(folder, "c"), noise(5));
    const difference = await (await context()).difference(before);
    const kept = join(node, ".local/state/pictl/contexts", `k.${before.id}.tar`);
    writeFileSync(kept, "half");
    expect(await send(difference)).toEqual({ code: contextGone, got: undefined });
    rmSync(kept);
    expect(await send(difference)).toEqual({ code: contextGone, got: undefined });
  });

  test("where nothing can be kept, it is built all the same", async () => {
    writeFileSync(join(node, ".local"), "in the way");
    await sentFirst();
    expect(readdirSync(node).sort()).toEqual([".local", "bin", "out"]);
  });
});
