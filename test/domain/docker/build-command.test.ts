import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { build, byBuildKit } from "../../../src/domain/docker/build-command.ts";
import { render, words } from "../../../src/domain/shell.ts";

const input = { image: "web", folder: "/opt/docker/my web", context: "sha256:ab", noCache: false, pull: false };

it("builds from a tar on stdin, labelled with its digest", () => {
  expect(render(build(input))).toBe("docker build --force-rm --tag web --label io.pictl.context=sha256:ab -");
});

it("asks for newer bases and for no cache", () => {
  expect(render(build({ ...input, noCache: true, pull: true }))).toBe(
    "docker build --force-rm --tag web --label io.pictl.context=sha256:ab --no-cache --pull -",
  );
});

it("builds from a folder of the node's own, as the original did", () => {
  expect(render(build({ ...input, context: undefined }))).toBe(
    "docker build --force-rm --tag web '/opt/docker/my web'",
  );
});

it.each([
  ["Docker version 20.10.24+dfsg1, build 297e128", {}, "1"],
  ["Docker version 22.06.0-beta.0, build 38633e7", {}, "1"],
  // Its own default, which it knows best: it refuses to build when it is told to and has no BuildKit.
  ["Docker version 23.0.1, build a5ee5b1", {}, ""],
  ["Docker version 28.5.2, build ecc6942", {}, ""],
  ["podman version 4.3.1", {}, ""],
  ["Docker version 20.10.24+dfsg1, build 297e128", { DOCKER_BUILDKIT: "0" }, "0"],
])("%s with %j: DOCKER_BUILDKIT is %j", (version, env, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-buildkit-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const docker =
    '#!/bin/sh\nif [ "$1" = --version ]; then echo "$VERSION"; else echo "[${DOCKER_BUILDKIT-}] $* $(cat)"; fi\n';
  writeFileSync(join(folder, "docker"), docker);
  chmodSync(join(folder, "docker"), 0o755);
  const told = execFileSync("sh", ["-c", render(byBuildKit(words("docker", "build", "a b", "-")))], {
    env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, VERSION: version, ...env },
    input: "the tar",
    encoding: "utf8",
  });
  expect(told).toBe(`[${expected}] build a b - the tar\n`);
});
