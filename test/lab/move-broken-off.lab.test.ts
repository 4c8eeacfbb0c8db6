import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import Start from "../../commands/start.ts";
import { bundled } from "../support/bundled.ts";
import { pictl, startPictl } from "../support/cli.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle } from "../support/lab.ts";
import { withMoveLab } from "../support/move-lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("move that is broken off in the middle, or goes on beside others", () => {
  const { lab, config, rewrite, home, copies } = withMoveLab();

  test("what keeps it from being undone is told beside what made it fail, and the next command undoes it", async () => {
    const healthy = config();
    rewrite((document) => {
      for (const row of document.hb)
        if (row.web !== undefined) row.web = { check: "exec", command: "exit 7", timeout: 10_000 };
    });
    try {
      const moving = startPictl(["move", "web", "n3", "--check-timeout", "15"], { config: lab.status().config });
      await vi.waitUntil(async () => (await copies("running")).includes("web@n3"), { timeout: 60_000 });
      await lab.inside("n1", "docker run -d --name web web");
      const failed = await moving.ended;
      expect([failed.code, failed.stderr]).toEqual([
        1,
        expect.stringContaining("web was not moved to n3, and may be stopped on n1."),
      ]);
      expect(failed.stderr).toContain("exit code 7");
      expect(failed.stderr).toContain("Undoing failed, too: Could not rename the old web");
    } finally {
      await lab.inside("n1", "docker rm -f web");
      rewrite((document) => Object.assign(document, healthy));
    }
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect([await copies("all"), await copies("running")]).toEqual([["web@n1"], ["web@n1"]]);
  });

  test("undone when the terminal is closed in the middle of it", async () => {
    const from = home() ?? "";
    const healthy = config();
    rewrite((document) => {
      for (const row of document.hb) if (row.web !== undefined) row.web = "8099";
    });
    const to = from === "n1" ? "n2" : "n1";
    try {
      const moving = startPictl(["move", "web", to], { config: lab.status().config, terminal: true });
      await vi.waitUntil(async () => (await copies("running")).includes(`web@${to}`), { timeout: 60_000 });
      // `script` holds the other end of the terminal.
      moving.kill("SIGKILL");
      const back = [`web@${from}`];
      await expect.poll(() => copies("running"), { timeout: 60_000 }).toEqual(back);
      expect(await copies("all")).toEqual(back);
      expect(home()).toBe(from);
      // Where it was then differs: in the check, or in a question to Docker.
      const told = new RegExp(
        `Interrupted(: the terminal was closed| while Docker was asked)\\. web was not moved to ${to}, it is on ${from} as before\\.`,
      );
      const log = async (): Promise<string> => (await runCommand(Log, [], lab.status().config)).stdout;
      await expect.poll(log, { timeout: 10_000 }).toMatch(told);
    } finally {
      rewrite((document) => Object.assign(document, healthy));
    }
  });

  test("while it goes on, commands on other containers work, and --wait waits for it", async () => {
    const at = { config: lab.status().config };
    expect((await runCommand(Create, ["clock"], at.config)).code).toBe(0);
    const [from, healthy] = [home() ?? "", config()];
    rewrite((document) => {
      for (const row of document.hb) if (row.web !== undefined) row.web = "8099";
    });
    const to = from === "n1" ? "n2" : "n1";
    try {
      const moving = startPictl(["move", "web", to, "--check-timeout", "40"], at);
      await vi.waitUntil(async () => (await copies("running")).includes(`web@${to}`), { timeout: 60_000 });
      const restart = ["restart", "--grace", "0", "--yes"];
      const hasty = await pictl(restart, at);
      expect([hasty.code, hasty.stdout]).toEqual([4, expect.stringMatching(/^clock /m)]);
      expect(hasty.stderr).toContain("web is being moved by");
      const removed = await pictl(["container", "remove", "web", "--yes"], at);
      expect([removed.code, home()], removed.stderr).toEqual([4, from]);
      const patient = await pictl([...restart, "--wait", "90"], at);
      expect([patient.code, patient.stdout], patient.stderr).toEqual([0, expect.stringMatching(/^web /m)]);
      expect((await moving.ended).code).toBe(1);
      expect(await copies("all")).toEqual([`web@${from}`]);
    } finally {
      rewrite((document) => Object.assign(document, healthy));
    }
  }, 240_000);

  test("killed at any step, it is finished or undone by the next command on that container", async () => {
    const killedMove = await bundled(new URL("../support/killed-move.ts", import.meta.url));
    let steps = 0;
    for (const when of ["before", "after"]) {
      for (let step = 1; ; step++) {
        const from = home() ?? "";
        const to = from === "n1" ? "n2" : "n1";
        const ended = await promisify(execFile)(
          process.execPath,
          [killedMove, lab.status().config, "web", to, String(step), when],
          { timeout: 60_000 },
        ).then(
          () => "moved",
          (error: unknown) => (error as { signal?: string }).signal ?? String(error),
        );
        if (ended === "moved") break;
        expect(ended).toBe("SIGKILL");
        steps += 1;
        const repaired = await runCommand(Start, ["web"], lab.status().config);
        expect(repaired.code, `${when} ${String(step)}: ${repaired.stderr}`).toBe(0);
        expect([await copies("running"), await copies("all")], `${when} ${String(step)}`).toEqual([
          [`web@${home() ?? ""}`],
          [`web@${home() ?? ""}`],
        ]);
      }
    }
    // Journal, image, stop, rename, run, config, remove: fewer would mean that the counting broke.
    expect(steps).toBeGreaterThan(12);
  }, 600_000);
});
