import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { awaitMaking, createNetwork } from "../../../../src/domain/docker/client/commands.ts";
import { isDocker } from "../../../../src/domain/docker/engine/endpoint.ts";
import { render } from "../../../../src/domain/shell.ts";

/** As Docker's: it looks whether there is one of that name, and makes it a moment later. */
const docker = `#!/bin/sh
case $2 in
ls) cat "$STATE" ;;
create)
  for last in "$@"; do :; done
  if grep -qxF -e "$last" "$STATE"; then echo "network with name $last already exists" >&2; exit 1; fi
  sleep 0.2
  echo "$last" >>"$STATE"
  echo "$*" >>"$STATE.log" ;;
esac
`;

test.each(["dash", "busybox sh"])("a network that two ask for at once is made once (%s)", async (shell) => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-network-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const state = join(folder, "state");
  writeFileSync(state, "bridge\nfront-2\n");
  writeFileSync(join(folder, "docker"), docker, { mode: 0o755 });
  const command = createNetwork({ name: "front", args: ["--subnet", "10.9.0.0/24"] });
  expect(isDocker(command)).toBe(true);
  const [program = "", ...before] = shell.split(" ");
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, STATE: state };
  const ask = () => promisify(execFile)(program, [...before, "-c", render(command)], { env });
  await Promise.all([ask(), ask(), ask()]);
  expect(readFileSync(state, "utf8")).toBe("bridge\nfront-2\nfront\n");
  expect(readFileSync(`${state}.log`, "utf8")).toBe("network create --subnet 10.9.0.0/24 front\n");
});

test.each(["dash", "busybox sh"])(
  "who settles a move waits for the client that still makes its copy (%s)",
  async (shell) => {
    const [program = "", ...before] = shell.split(" ");
    // `code` is what execFile's error has of the program's end.
    const wait = (generation: number, seconds: number): Promise<unknown> =>
      promisify(execFile)(program, [...before, "-c", render(awaitMaking(generation, seconds))]).then(
        () => 0,
        (error: unknown) => (error as { code?: unknown }).code,
      );
    // As a client of Docker that hangs: it waits for more until its stdin ends.
    const client = spawn("sh", ["-c", "echo; read -r _", "docker", "--label", "io.pictl.generation=1700000014", "app"]);
    onTestFinished(() => void client.kill());
    await once(client.stdout, "data");
    expect(await Promise.all([wait(1_700_000_014, 0), wait(170_000_001, 0), wait(1_700_000_015, 0)])).toEqual([
      75, 0, 0,
    ]);
    let hasEnded = false;
    const ended = once(client, "exit").then(() => (hasEnded = true));
    const waiting = wait(1_700_000_014, 60).then((code) => ({ code, hasEnded }));
    client.stdin.end("\n");
    await ended;
    expect(await waiting).toEqual({ code: 0, hasEnded: true });
  },
);
