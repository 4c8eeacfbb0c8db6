import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createNetwork } from "../../../src/domain/docker/commands.ts";
import { isDocker } from "../../../src/domain/docker/endpoint.ts";
import { render } from "../../../src/domain/shell.ts";

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
