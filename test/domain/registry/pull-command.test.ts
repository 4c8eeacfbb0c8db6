import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inspectImage, pull, pullExit, pullWithLogin, tag } from "../../../src/domain/registry/pull-command.ts";
import { parseReference } from "../../../src/domain/registry/reference.ts";
import { render } from "../../../src/domain/shell.ts";

const run = promisify(execFile);

test("commands without a login", () => {
  expect(render(pull(parseReference("nginx")))).toBe("docker image pull nginx:latest");
  expect(render(pull(parseReference("r:5000/a/b:2")))).toBe("docker image pull r:5000/a/b:2");
  expect(render(tag("sha256:1", "web:latest"))).toBe("docker image tag sha256:1 web:latest");
  expect(render(inspectImage("nginx:latest"))).toBe("docker image inspect --format '{{.Id}} {{.Size}}' nginx:latest");
});

/** A docker that writes down what it was given, in the shells that nodes have. */
describe.each([["dash"], ["bash"], ["busybox"]])("the login, in %s", (shell) => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "pictl-pull-"));
    await writeFile(
      join(dir, "docker"),
      `#!/bin/sh
[ "$1" = context ] && { echo tcp://elsewhere:1; exit; }
echo "$*" >>"$FAKE/calls"
[ "$1" = login ] && { cat >"$FAKE/password"; echo "$DOCKER_CONFIG" >"$FAKE/folder"; stat -c %a "$DOCKER_CONFIG" >"$FAKE/mode"; }
[ -e "$FAKE/hang-$1" ] && { trap '' TERM; touch "$FAKE/hangs"; while :; do sleep 0.05; done; }
[ -e "$FAKE/fail-$1" ] && { echo "$1 failed" >&2; exit 1; }
echo "$1 done, $DOCKER_HOST"
`,
    );
    await chmod(join(dir, "docker"), 0o755);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const begin = (keep = false) => {
    const command = render(pullWithLogin(parseReference("r:5000/app:2"), { username: "o'joe $(x)", keep }));
    const env = { PATH: `${dir}:${process.env["PATH"] ?? ""}`, FAKE: dir, DOCKER_CONFIG: "" };
    const words = { dash: ["dash"], bash: ["bash", "--norc"], busybox: ["busybox", "sh"] }[shell] ?? [];
    // `sh -c` of the rendered line runs the system's sh: here the shell under test stands in for it.
    const script = command.replace(/^sh -c/, `exec ${words.join(" ")} -c`);
    const child = spawn("sh", ["-c", script], { env, detached: true });
    child.stdin.end("pass word\n");
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return { child, output: () => output };
  };
  const file = (name: string) => readFile(join(dir, name), "utf8");
  const folderLeft = async () => existsSync((await file("folder")).trim());

  test("the password goes by stdin, in a private folder that is gone afterwards", async () => {
    const { child, output } = begin();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(await file("calls")).toBe("login --username=o'joe $(x) --password-stdin r:5000\nimage pull r:5000/app:2\n");
    expect(await file("password")).toBe("pass word\n");
    expect(await file("mode")).toBe("700\n");
    expect(await file("folder")).toMatch(/pictl-|tmp\./);
    expect(await folderLeft()).toBe(false);
    expect(output()).toBe("pictl: logged in\nimage done, tcp://elsewhere:1\n");
  });

  test.each([
    ["login", pullExit.login],
    ["image", 1],
  ])("%s fails", async (what, code) => {
    await writeFile(join(dir, `fail-${what}`), "");
    const { child, output } = begin();
    expect(await once(child, "close")).toEqual([code, null]);
    expect(output()).toContain(`${what} failed`);
    expect(await folderLeft()).toBe(false);
  });

  test.each(["login", "image"])("stopped while docker hangs in %s", async (what) => {
    await writeFile(join(dir, `hang-${what}`), "");
    const { child } = begin();
    const closed = once(child, "close");
    while (!existsSync(join(dir, "hangs"))) await sleep(5);
    process.kill(-(child.pid ?? 0), "SIGTERM");
    expect(await closed).toEqual([143, null]);
    expect(await folderLeft()).toBe(false);
    expect((await run("ps", ["-eo", "args"])).stdout).not.toContain(join(dir, "docker"));
  });

  test("kept: docker's own folder is used", async () => {
    const { child } = begin(true);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(await file("folder")).toBe("\n");
  });
});
