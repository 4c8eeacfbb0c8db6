import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { render } from "../../../src/domain/shell.ts";
import { containerShell } from "../../../src/domain/terminal/container-shell.ts";

const line = `exec ${render(containerShell(["docker"], { id: "c0ffee", shell: "sh", term: "xterm" }))}`;
/** A zombie does not. */
function runs(pid: number | undefined): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

const shells = ["sh", "bash", "zsh", "fish", "csh"].filter((name) => spawnSync("which", [name]).status === 0);

describe.each(shells)("with %s as the login's shell", (shell) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pictl-container-shell-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What docker was called with, when it is a script that does this. */
  const run = (docker: string): { code: number | null; calls: string[] } => {
    const calls = join(folder, "calls");
    writeFileSync(
      join(folder, "docker"),
      `#!/bin/sh\nprintf '<%s>' "$@" | tr '\\n' ' ' >> ${calls}; echo >> ${calls}\n${docker}\n`,
    );
    chmodSync(join(folder, "docker"), 0o755);
    writeFileSync(calls, "");
    const { status } = spawnSync(shell, ["-c", line], {
      // BSD csh hands its copies of them on to what is left running.
      stdio: "ignore",
      env: { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH ?? ""}` },
    });
    return { code: status, calls: readFileSync(calls, "utf8").trimEnd().split("\n") };
  };

  test("its exit code is the shell's", () => {
    const { code, calls } = run("exit 7");
    expect(code).toBe(7);
    expect(calls).toEqual([
      expect.stringMatching(/^<exec><--interactive><--tty><--env><TERM=xterm><--env><PICTL_SHELL=\d+\.><c0ffee><sh>$/),
    ]);
  });

  test("after a hang-up, what has the variable is hung up, and nothing else", async () => {
    // The first call leaves two processes behind and loses its terminal; the second runs what it is given.
    const { calls } = run(`case "$*" in
*--tty*)
  PICTL_SHELL=\${7#PICTL_SHELL=} sleep 1000 > /dev/null 2>&1 & echo $! > ${folder}/ours
  PICTL_SHELL=1\${7#PICTL_SHELL=} sleep 1000 > /dev/null 2>&1 & echo $! > ${folder}/others
  kill -HUP $PPID;;
*) shift 2; exec "$@";;
esac`);
    expect(calls).toHaveLength(2);
    const [ours, others] = ["ours", "others"].map((name) => Number(readFileSync(join(folder, name), "utf8")));
    await expect.poll(() => [runs(ours), runs(others)]).toEqual([false, true]);
    process.kill(others ?? 0, "SIGKILL");
  });
});
