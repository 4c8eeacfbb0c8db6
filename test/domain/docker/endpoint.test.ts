import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, test } from "vitest";
import { onEngine, socketOf, tellDockerHost } from "../../../src/domain/docker/endpoint.ts";
import { line, script, words } from "../../../src/domain/shell.ts";

describe("which engine a login's docker client speaks to, asked of a real sh", () => {
  const home = mkdtempSync(join(tmpdir(), "pictl-endpoint-"));
  const bin = join(home, "bin");
  afterAll(() => {
    rmSync(home, { recursive: true });
  });
  beforeEach(() => {
    rmSync(join(home, ".docker"), { recursive: true, force: true });
    mkdirSync(join(home, ".docker"));
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "docker"), '#!/bin/sh\n[ "$1 $2" = "context inspect" ] && echo unix:///run/two.sock\n', {
      mode: 0o755,
    });
  });
  const ask = (env: Record<string, string> = {}, shell = ["sh"]): string =>
    execFileSync(shell[0] ?? "sh", [...shell.slice(1), "-c", tellDockerHost], {
      env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home, ...env },
      encoding: "utf8",
    });

  test.each([[["sh"]], [["busybox", "sh"]]])("%s", (shell) => {
    expect(ask({}, shell)).toBe("unix:///var/run/docker.sock\n");
    expect(ask({ DOCKER_HOST: "unix:///run/user/7/docker.sock" }, shell)).toBe("unix:///run/user/7/docker.sock\n");
    expect(ask({ DOCKER_CONTEXT: "two" }, shell)).toBe("unix:///run/two.sock\n");
    writeFileSync(join(home, ".docker", "config.json"), '{ "auths": {} }');
    expect(ask({}, shell)).toBe("unix:///var/run/docker.sock\n");
    writeFileSync(join(home, ".docker", "config.json"), '{ "currentContext": "two" }');
    expect(ask({}, shell)).toBe("unix:///run/two.sock\n");
    expect(ask({ DOCKER_CONFIG: join(home, "elsewhere") }, shell)).toBe("unix:///var/run/docker.sock\n");
  });

  it("prints nothing where the client cannot tell", () => {
    writeFileSync(join(bin, "docker"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect(ask({ DOCKER_CONTEXT: "gone" })).toBe("\n");
  });
});

it("knows a socket from other endpoints", () => {
  expect(socketOf("unix:///run/user/7/docker.sock")).toBe("/run/user/7/docker.sock");
  expect(socketOf("tcp://10.0.0.1:2376")).toBeUndefined();
  expect(socketOf("")).toBeUndefined();
});

it("sends docker commands to one engine, and leaves others alone", () => {
  expect(onEngine(words("docker", "ps"), "unix:///run/two.sock")).toEqual(
    words("env", "DOCKER_HOST=unix:///run/two.sock", "docker", "ps"),
  );
  expect(onEngine(script('docker stop "$1" && docker rm "$1"', "a b"), "unix:///run/two.sock")).toEqual(
    words("env", "DOCKER_HOST=unix:///run/two.sock", "sh", "-c", 'docker stop "$1" && docker rm "$1"', "sh", "a b"),
  );
  for (const other of [words("df", "docker"), line("docker ps"), script("ls docker")]) {
    expect(onEngine(other, "unix:///run/two.sock")).toEqual(other);
  }
  expect(onEngine(words("docker", "ps"), "tcp://10.0.0.1:2376")).toEqual(words("docker", "ps"));
});
