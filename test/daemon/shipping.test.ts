import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import DaemonStatus from "../../commands/daemon/status.ts";
import { startPictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { startProxy } from "../support/tcp-proxy.ts";

test(
  "an Elasticsearch that takes everything and answers nothing delays no round, and no end",
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "pictl-hanging-"));
    const hanging = await startProxy({ target: 0 });
    const config = join(folder, "config.json");
    const node = "127.0.0.9";
    const wanted = {
      ...{ cluster: "shop", state_dir: "state", ssh: { port: 1, connect_timeout: 1, user: "nobody" } },
      ...{ layout: [{ node, web: { image: "redis:7", args: "-p 80:80" } }], hb: [{ node, web: "80" }] },
      ...{ automatic_heartbeat: "enabled", heartbeat_interval: "1000" },
      elasticsearch: `http://127.0.0.1:${String(hanging.port)}`,
    };
    writeFileSync(config, JSON.stringify(wanted), { mode: 0o600 });
    const daemon = startPictl(["daemon"], { config });
    onTestFinished(async () => {
      daemon.kill("SIGKILL");
      await daemon.ended;
      await hanging.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const rounds = new Set<string | undefined>();
    const seen = async (): Promise<number> => {
      const status = documentOf(await runCommand(DaemonStatus, ["--json"], config)) as DocumentOf<{
        daemons: { lastRound?: { at: string } }[];
      }>;
      rounds.add(status.result.daemons[0]?.lastRound?.at);
      return rounds.size;
    };
    await expect.poll(() => hanging.open, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(seen, { timeout: 25_000, interval: 200 }).toBeGreaterThan(3);
    const endsAt = performance.now();
    daemon.kill("SIGTERM");
    await daemon.ended;
    // A request is given 30 s.
    expect(performance.now() - endsAt).toBeLessThan(15_000);
  },
);
