import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pictl, startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();
const lateCommands = fileURLToPath(new URL("../support/late-commands.ts", import.meta.url));

describe.skipIf(obstacle !== undefined)("the guard", () => {
  const lab = withLab({ nodes: 1 });
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pictl-guard-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const options = (): { config: string } => ({ config: lab.status().config });
  beforeAll(async () => {
    expect(await pictl(["create", "web"], options())).toMatchObject({ code: 0 });
    expect(await pictl(["stop", "web"], options())).toMatchObject({ code: 0 });
  });
  const exists = (path: string): Promise<boolean> =>
    lab.inside("n1", `if [ -e ${path} ]; then echo yes; fi`).then((said) => said === "yes\n");

  test("sent into a cut line, its client killed, the line healed: it does nothing, and an unguarded one does", async () => {
    const go = join(folder, "go");
    const args = [options().config, go, "/root/guarded", "/root/bare"];
    const client = spawn(process.execPath, ["--import", "tsx", lateCommands, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    client.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(() => said, { timeout: 30_000 }).toContain("ready");
    await lab.cut("n1");
    try {
      writeFileSync(go, "");
      await expect.poll(() => said, { timeout: 30_000 }).toContain("sent");
      client.kill("SIGKILL");
      await once(client, "close");
      // Longer than the two seconds that the guarded one had.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect([await exists("/root/guarded"), await exists("/root/bare")]).toEqual([false, false]);
    } finally {
      await lab.heal("n1");
    }
    await expect.poll(() => exists("/root/bare"), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => lab.inside("n1", "pgrep -f [g]uard.sh || :")).toBe("");
    expect(await exists("/root/guarded")).toBe(false);
  });

  test("a node that was restarted between the look and the command refuses it", async () => {
    const boot = await lab.inside("n1", "cat /proc/sys/kernel/random/boot_id");
    // What takes a while: pictl looks at its containers before it says what to do.
    await lab.inside("n1", "pkill -STOP -x dockerd");
    onTestFinished(async () => {
      await lab.inside("n1", "pkill -CONT -x dockerd");
    });
    const start = startPictl(["start", "web"], options());
    const asking = "ss -xlnH | awk '/docker.sock/ {print $3}'";
    await expect.poll(() => lab.inside("n1", asking), { timeout: 20_000 }).not.toBe("0\n");
    await lab.inside("n1", "cat /proc/sys/kernel/random/uuid >/run/boot_id");
    await lab.inside("n1", "pkill -CONT -x dockerd");
    const { code, stderr } = await start.ended;
    await lab.inside("n1", `echo ${boot.trim()} >/run/boot_id`);
    expect(stderr).toContain("restarted since it was looked at");
    expect(code).toBe(1);
    expect(await lab.inside("n1", "docker ps -q")).toBe("");
    expect(await pictl(["start", "web"], options())).toMatchObject({ code: 0 });
    expect(await lab.inside("n1", "docker ps -q")).not.toBe("");
  });
});
