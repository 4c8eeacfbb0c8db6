import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import Start from "../../commands/start.ts";
import Status from "../../commands/status.ts";
import { moveContainer } from "../../src/app/move/index.ts";
import { startPictl } from "../support/cli.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle } from "../support/lab.ts";
import { withMoveLab } from "../support/move-lab.ts";
import { quietContext } from "../support/quiet-context.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("move of a container that has data of its own", () => {
  const { lab, config, rewrite, home, run, copies } = withMoveLab();

  test("data of its own: named and refused without an answer, copied with --copy-volumes", async () => {
    const args = (text: string): void => {
      rewrite((document) => {
        for (const row of document.layout) if (row.web !== undefined) row.web = text;
      });
    };
    args("-p 8080:80 -v /srv/read.conf:/app.conf:ro");
    const missing = await run("web", "n2", "--yes", "--dry-run");
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining("web mounts /srv/read.conf, which n2 does not have"),
    ]);
    args("-p 8080:80 -v stuff:/data -v /srv/app.conf:/app.conf");
    await lab.inside("n1", "mkdir -p /srv && echo setting >/srv/app.conf");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
    await lab.inside(
      "n1",
      "docker exec web sh -c 'echo kept >/data/file; ln -s file /data/link; cp /bin/busybox /data/su; chmod 4755 /data/su'",
    );
    const asked = await run("web", "n2");
    expect(asked.code).toBe(4);
    expect(asked.stderr).toContain(
      "web has data of its own on n1 that does not come along: the volume stuff (at /data); /srv/app.conf (at /app.conf).",
    );

    const healthy = config();
    rewrite((document) => {
      for (const row of document.hb) if (row.web !== undefined) row.web = "8099";
    });
    const failed = await run("web", "n2", "--copy-volumes", "--check-timeout", "1");
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("it is on n1 as before")]);
    expect(await lab.inside("n2", "ls -A /srv /var/lib/docker/volumes/stuff/_data")).not.toMatch(/app.conf|file/);
    rewrite((document) => Object.assign(document, healthy));

    const copied = await run("web", "n2", "--copy-volumes");
    expect(copied.code, copied.stderr).toBe(0);
    expect(copied.stderr).toMatch(/n2 gets them too:\n +-rwsr-xr-x 0:0 0:0 \.\/su\n/);
    expect(await lab.inside("n2", "docker exec web cat /data/link /app.conf")).toBe("kept\nsetting\n");

    // What the first node still has is the same, and then it is not.
    expect((await run("web", "n1", "--copy-volumes")).code).toBe(0);
    await lab.inside("n2", "echo other >/srv/app.conf");
    const started = (): Promise<string> => lab.inside("n1", "docker inspect --format '{{.State.StartedAt}}' web");
    const before = await started();
    const mixed = await run("web", "n2", "--copy-volumes");
    expect([mixed.code, mixed.stderr]).toEqual([1, expect.stringContaining("/srv/app.conf on n2 holds other data")]);
    expect(await started()).toBe(before);

    // Mounted from elsewhere while it is used, and an empty folder else.
    await lab.inside("n1", "docker volume create --opt type=tmpfs --opt device=tmpfs ram");
    args("-p 8080:80 -v ram:/data");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
    const since = await started();
    const elsewhere = await run("web", "n2", "--copy-volumes");
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      1,
      expect.stringContaining("The volume ram on n1 lies elsewhere"),
    ]);
    expect(await started()).toBe(since);
    args("-p 8080:80");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
  }, 180_000);

  test("data in a volume without a name is asked about, also when only the image declares it", async () => {
    const from = home() ?? "";
    const to = from === "n1" ? "n2" : "n1";
    const dockerfile = join(dirname(lab.status().config), "docker/web/Dockerfile");
    const before = readFileSync(dockerfile, "utf8");
    const startedAt = () => lab.inside(from, "docker inspect --format '{{.State.StartedAt}}' web");
    const events = async () => (await runCommand(Log, ["--type", "container.move-failed"], lab.status().config)).stdout;
    writeFileSync(dockerfile, `${before}VOLUME /var/lib/thing\n`);
    try {
      expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
      const [running, failed] = [await startedAt(), await events()];
      for (const words of [[], ["--copy-volumes"]]) {
        const asked = await run("web", to, ...words);
        expect([asked.code, asked.stderr]).toEqual([
          4,
          expect.stringContaining("does not come along: a volume without a name (at /var/lib/thing)."),
        ]);
      }
      expect([await startedAt(), await events()]).toEqual([running, failed]);
      expect((await run("web", to, "--yes")).code).toBe(0);
    } finally {
      writeFileSync(dockerfile, before);
    }
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
  }, 120_000);

  test("killed or cut off while it copies data, half a copy is neither left nor in the way", async () => {
    const args = (text: string): void => {
      rewrite((document) => {
        for (const row of document.layout) if (row.web !== undefined) row.web = text;
      });
    };
    const from = home() ?? "";
    const to = from === "n1" ? "n2" : "n1";
    args("-p 8080:80 -v /srv/conf:/conf -v large:/large");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
    await lab.inside(
      from,
      "docker exec web sh -c 'echo kept >/conf/file; dd if=/dev/zero of=/large/file bs=1M count=300'",
    );

    const moving = startPictl(["move", "web", to, "--copy-volumes"], { config: lab.status().config });
    const copied = "find /srv/conf /var/lib/docker/volumes/large/_data -type f -size +0 2>/dev/null";
    await vi.waitUntil(async () => (await lab.inside(to, `${copied} || true`)).includes("large"), { timeout: 60_000 });
    moving.kill("SIGKILL");
    await moving.ended;
    expect(await copies("all")).toEqual([`web.pictl-replaced@${from}`]);
    const { stderr: meanwhile } = await runCommand(Status, ["web"], lab.status().config);
    expect(meanwhile).toContain(`its move from ${from} to ${to} has not ended`);
    expect(meanwhile).toContain("If it was cut off, `pictl start web` finishes or undoes it.");
    expect(meanwhile).not.toContain("Make it with");

    const repaired = await runCommand(Start, ["web"], lab.status().config);
    expect(repaired.code, repaired.stderr).toBe(0);
    expect(repaired.stderr).toMatch(
      new RegExp(`^! web: a move to ${to} that \\S+ began at \\S+ and that was cut off was undone`),
    );
    expect([await copies("running"), await lab.inside(to, copied)]).toEqual([[`web@${from}`], ""]);

    const beside = startPictl(["move", "web", to, "--copy-volumes"], { config: lab.status().config });
    await vi.waitUntil(async () => (await lab.inside(to, `${copied} || true`)).includes("large"), { timeout: 60_000 });
    await lab.cut(from);
    const cut = await beside.ended;
    await lab.heal(from);
    expect(cut.stderr).toContain(`web was not moved to ${to}, and may be stopped on ${from}, which does not answer.`);
    expect(cut.stderr).toContain("`pictl start web` brings it back");
    expect(cut.stderr).toContain(`\`pictl doctor ${from}\``);
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect([await copies("running"), await lab.inside(to, copied)]).toEqual([[`web@${from}`], ""]);

    const again = await run("web", to, "--copy-volumes");
    expect(again.code, again.stderr).toBe(0);
    expect(await lab.inside(to, "docker exec web sh -c 'cat /conf/file; wc -c </large/file'")).toBe(
      "kept\n314572800\n",
    );
    args("-p 8080:80");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
  }, 180_000);

  test("copied data is the container's own before the config says where it is", async () => {
    const from = home() ?? "";
    const to = from === "n1" ? "n2" : "n1";
    rewrite((document) => {
      for (const row of document.layout) if (row.web !== undefined) row.web = "-p 8080:80 -v own:/own";
    });
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
    await lab.inside(from, "docker exec web sh -c 'echo kept >/own/file'");
    const context = await quietContext(lab.status().config, "move");
    const { ports, store } = context;
    const seen: unknown[] = [];
    await moveContainer(
      {
        ...ports,
        journal: {
          ...ports.journal,
          write: (record) => {
            seen.push([record.step, record.copied?.map(({ path }) => path)]);
            return ports.journal.write(record);
          },
        },
      },
      {
        config: context.config,
        store: {
          ...store,
          path: store.path,
          change: (edits) => {
            seen.push("config");
            return store.change(edits);
          },
        },
        name: "web",
        to,
        force: false,
        overlap: false,
        copyVolumes: true,
        mayLeaveData: () => Promise.resolve(false),
        patienceMs: 10_000,
        graceSeconds: 1,
        waitMs: 0,
        dryRun: false,
      },
    );
    await context.close();
    expect(seen).toEqual([
      "config",
      ["begun", undefined],
      ["switching", undefined],
      ["switching", ["/var/lib/docker/volumes/own/_data"]],
      // When the new copy is told to start.
      ["switching", ["/var/lib/docker/volumes/own/_data"]],
      ["switching", undefined],
      "config",
      ["written", undefined],
    ]);
    expect(await lab.inside(to, "docker exec web cat /own/file")).toBe("kept\n");
    rewrite((document) => {
      for (const row of document.layout) if (row.web !== undefined) row.web = "-p 8080:80";
    });
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
  });
});
