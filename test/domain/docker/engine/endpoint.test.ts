import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, test } from "vitest";
import { onEngine, socketOf, tellDockerHost } from "../../../../src/domain/docker/engine/endpoint.ts";
import { line, script, words } from "../../../../src/domain/shell.ts";

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

  test.skipIf(process.getuid?.() !== 0).each([[["sh"]], [["busybox", "sh"]]])(
    "an engine of the login's own, where the machine has no other: %s",
    async (shell) => {
      const runtime = mkdtempSync(join(tmpdir(), "pictl-runtime-"));
      chmodSync(runtime, 0o755);
      mkdirSync(join(runtime, "podman"));
      const listen = async (path: string): Promise<Server> => {
        const server = createServer().listen(join(runtime, path));
        await once(server, "listening");
        chmodSync(join(runtime, path), 0o777);
        return server;
      };
      // What the machine has of Docker is covered; the login is nobody.
      const askNobody = (prepare = ":", env: Record<string, string> = {}): string =>
        execFileSync(
          "unshare",
          [
            "-m",
            "sh",
            "-c",
            `mount -t tmpfs none /var/lib && mount -t tmpfs none /run && { ${prepare}; } && ` +
              'exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"',
            "sh",
            ...shell,
            "-c",
            tellDockerHost,
          ],
          { env: { PATH: "/usr/bin:/bin:/usr/sbin", HOME: "/", XDG_RUNTIME_DIR: runtime, ...env }, encoding: "utf8" },
        );
      const servers = [await listen("podman/podman.sock")];
      try {
        expect(askNobody()).toBe(`unix://${runtime}/podman/podman.sock\n`);
        servers.push(await listen("docker.sock"));
        expect(askNobody()).toBe(`unix://${runtime}/docker.sock\n`);
        expect(askNobody(":", { XDG_RUNTIME_DIR: "/nowhere" })).toBe("unix:///var/run/docker.sock\n");
        // One that is down, or that this login may not use, is not mistaken for another.
        for (const trace of ["mkdir /var/lib/docker", "ln -s podman/podman.sock /run/docker.sock"]) {
          expect(askNobody(trace), trace).toBe("unix:///var/run/docker.sock\n");
        }
      } finally {
        for (const server of servers) server.close();
        rmSync(runtime, { recursive: true });
      }
    },
  );

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
