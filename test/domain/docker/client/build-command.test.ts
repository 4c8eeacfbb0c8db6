import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { build, buildOnNode } from "../../../../src/domain/docker/client/build-command.ts";
import { isDocker } from "../../../../src/domain/docker/engine/endpoint.ts";
import { render, words } from "../../../../src/domain/shell.ts";

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

it("is for the engine that was asked, whatever context is chosen meanwhile", () => {
  expect(isDocker(buildOnNode(words("docker", "build", "-"), "web"))).toBe(true);
});

/** Runs a build on a "node" where `docker` is this script; its log is what it was called with. */
function node(docker: string) {
  const folder = mkdtempSync(join(tmpdir(), "pictl-build-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "docker"), `#!/bin/sh\nlog=${folder}/log\n${docker}`, { mode: 0o755 });
  const line = render(buildOnNode(words("docker", "build", "a b", "-"), "web"));
  const start = (env: Readonly<Record<string, string>>) =>
    spawn("sh", ["-c", line], {
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, ...env },
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
  return { start, log: () => readFileSync(join(folder, "log"), "utf8") };
}

async function ended(child: ReturnType<ReturnType<typeof node>["start"]>): Promise<readonly [string, number | null]> {
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return [told, code];
}

it.each([
  ["Docker version 20.10.24+dfsg1, build 297e128", {}, "1"],
  ["Docker version 22.06.0-beta.0, build 38633e7", {}, "1"],
  // Its own default, which it knows best: it refuses to build when it is told to and has no BuildKit.
  ["Docker version 23.0.1, build a5ee5b1", {}, ""],
  ["Docker version 28.5.2, build ecc6942", {}, ""],
  ["podman version 4.3.1", {}, ""],
  ["Docker version 20.10.24+dfsg1, build 297e128", { DOCKER_BUILDKIT: "0" }, "0"],
])("%s with %j: DOCKER_BUILDKIT is %j", async (version, env, expected) => {
  const child = node(
    'case $1 in --version) echo "$VERSION" ;; build) echo "[${DOCKER_BUILDKIT-}] $* $(cat)"; exit 3 ;; *) exit 1 ;; esac',
  ).start({ VERSION: version, ...env });
  child.stdin.end("the tar");
  expect(await ended(child)).toEqual([`[${expected}] build a b - the tar\n`, 3]);
});

it.each([
  ["built by pictl and without a name now", "sha256:ab 0", true],
  ["with another name", "sha256:ab 1", false],
  ["not built by pictl", " 0", false],
])("the image that had the name, %s: it goes: %s", async (_what, facts, goes) => {
  const { start, log } = node(
    `echo "$*" >>$log; case "$1 $2 $4" in "image inspect {{.Id}}") echo sha256:old ;; "image inspect "*) echo "${facts}" ;; esac`,
  );
  const child = start({});
  child.stdin.end();
  expect(await ended(child)).toEqual(["", 0]);
  expect(log().includes("image rm sha256:old\n")).toBe(goes);
  expect(log()).not.toContain("--force");
});

it.skipIf(process.platform !== "linux")(
  "Podman: a signal to the group ends the program of the step alone, and then podman tidies up",
  async () => {
    const { start, log } = node(`case $1 in
--version) echo "podman version 5.4.2" ;;
build)
  cat >/dev/null
  trap 'echo "podman was ended itself" >>$log; exit 1' TERM
  bash -c 'exec -a buildah-oci-runtime sleep 60' &
  until grep -q ^buildah /proc/$!/cmdline; do :; done
  echo begun
  wait $!
  echo "tidied up after $?" >>$log
  exit 125
  ;;
*) exit 1 ;;
esac`);
    const child = start({});
    child.stdin.end("the tar");
    const end = ended(child);
    await once(child.stdout, "data");
    // The group that `terminate` signals.
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await end;
    expect(log()).toBe("tidied up after 143\n");
  },
);
