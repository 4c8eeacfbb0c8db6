import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test, vi } from "vitest";
import Create from "../../commands/create.ts";
import Log from "../../commands/log.ts";
import Move from "../../commands/move.ts";
import Start from "../../commands/start.ts";
import Status from "../../commands/status.ts";
import { moveContainer, type MoveRow } from "../../src/app/move/index.ts";
import { pictl, startPictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { quietContext } from "../support/quiet-context.ts";

const obstacle = await labObstacle();
const killedMove = fileURLToPath(new URL("../support/killed-move.ts", import.meta.url));

interface Layout {
  layout: Record<string, string>[];
  hb: Record<string, unknown>[];
}

describe.skipIf(obstacle !== undefined)("move", () => {
  const lab = withLab({ nodes: 3 });

  const config = (): Layout => JSON.parse(readFileSync(lab.status().config, "utf8")) as Layout;
  const rewrite = (change: (document: Layout) => void): void => {
    const document = config();
    change(document);
    writeFileSync(lab.status().config, JSON.stringify(document, null, 2));
  };
  const home = (): string | undefined => config().layout.find((row) => row.web !== undefined)?.node;
  const run = (...words: string[]) => runCommand(Move, words, lab.status().config);

  /** Every container with "web" in its name, on every node that is up, seen by docker itself. */
  async function copies(state: "running" | "all"): Promise<string[]> {
    const rows = lab.status().nodes.filter((row) => row.state === "running");
    const found = await Promise.all(
      rows.map(async ({ node }) => {
        const flag = state === "all" ? "--all" : "";
        const names = await lab.inside(node, `docker ps ${flag} --filter name=web --format '{{.Names}}'`);
        return names
          .split("\n")
          .filter((name) => name !== "")
          .map((name) => `${name}@${node}`);
      }),
    );
    return found.flat();
  }

  beforeAll(async () => {
    const created = await runCommand(Create, ["web"], lab.status().config);
    expect(created.code, created.stderr).toBe(0);
    expect(await copies("all")).toEqual(["web@n1"]);
  });

  test("goes to another node, is checked there, and its old copy and entries go", async () => {
    const moved = await run("web", "n2", "--json");
    const document = documentOf(moved) as DocumentOf<{ moves: MoveRow[] }>;
    expect(document).toMatchObject({
      ok: true,
      result: { moves: [{ container: "web", from: "n1", to: "n2", changed: true }] },
      failures: [],
    });
    expect(document.result.moves[0]?.gapMs).toBeGreaterThan(0);
    expect(await copies("all")).toEqual(["web@n2"]);
    expect(config().layout.filter((row) => row.web !== undefined)).toEqual([
      expect.objectContaining({ node: "n2", web: "-p 8080:80" }),
    ]);
    expect(config().hb.filter((row) => row.web !== undefined)).toEqual([
      expect.objectContaining({ node: "n2", web: "8080" }),
    ]);
  });

  test("with --overlap there is no gap; --dry-run does nothing", async () => {
    const dry = await run("web", "n1", "--dry-run");
    expect([dry.code, home(), await copies("all")]).toEqual([0, "n2", ["web@n2"]]);
    expect(dry.stdout).toContain("would be moved: make the image ready on n1, stop web on n2");
    const document = documentOf(await run("web", "n1", "--overlap", "--json")) as DocumentOf<{ moves: MoveRow[] }>;
    expect(document.result.moves[0]).toMatchObject({ gapMs: 0, to: "n1" });
    expect(await copies("all")).toEqual(["web@n1"]);
  });

  test("a check that fails puts the old one back, and the config is not touched", async () => {
    rewrite((document) => {
      for (const row of document.hb)
        if (row.web !== undefined) row.web = { check: "exec", command: "exit 7", timeout: 1000 };
    });
    const before = readFileSync(lab.status().config, "utf8");
    const failed = await run("web", "n3", "--check-timeout", "2");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("web was not moved to n3, it is on n1 as before.");
    expect(failed.stderr).toContain("exit code 7");
    expect(readFileSync(lab.status().config, "utf8")).toBe(before);
    expect([await copies("all"), await copies("running")]).toEqual([["web@n1"], ["web@n1"]]);
    rewrite((document) => {
      for (const row of document.hb) if (row.web !== undefined) row.web = "8080";
    });
  });

  test("what keeps it from being undone is told beside what made it fail, and the next command undoes it", async () => {
    const healthy = config();
    rewrite((document) => {
      for (const row of document.hb)
        if (row.web !== undefined) row.web = { check: "exec", command: "exit 7", timeout: 1000 };
    });
    const moving = startPictl(["move", "web", "n3", "--check-timeout", "8"], { config: lab.status().config });
    await vi.waitUntil(async () => (await copies("running")).includes("web@n3"), { timeout: 60_000 });
    await lab.inside("n1", "docker run -d --name web web");
    const failed = await moving.ended;
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringContaining("web was not moved to n3, and may be stopped on n1."),
    ]);
    expect(failed.stderr).toContain("exit code 7");
    expect(failed.stderr).toContain("Undoing failed, too: Could not rename the old web");
    await lab.inside("n1", "docker rm -f web");
    rewrite((document) => Object.assign(document, healthy));
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect([await copies("all"), await copies("running")]).toEqual([["web@n1"], ["web@n1"]]);
  });

  test("a config that cannot be written is told before the container stops", async () => {
    const startedAt = () => lab.inside("n1", "docker inspect --format '{{.State.StartedAt}}' web");
    const before = await startedAt();
    const lock = `${lab.status().config}.lock`;
    mkdirSync(lock);
    try {
      const failed = await run("web", "n3");
      expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("was not written")]);
    } finally {
      rmdirSync(lock);
    }
    expect([await startedAt(), await copies("all")]).toEqual([before, ["web@n1"]]);
  });

  test("a foreign container of that name, on either side, is left alone and the layout too", async () => {
    const before = readFileSync(lab.status().config, "utf8");
    await lab.inside("n2", "docker run -d --name web web");
    const refused = await run("web", "n2");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("web@n2")]);
    expect(refused.stderr).toContain("pictl did not make");
    expect(readFileSync(lab.status().config, "utf8")).toBe(before);
    await lab.inside("n2", "docker rm -f web");
  });

  test("nor is one removed that has the name an old copy is put aside under", async () => {
    await lab.inside("n1", "docker run -d --name web.pictl-replaced web");
    const refused = await run("web", "n2");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("pictl did not make")]);
    expect(await copies("running")).toEqual(expect.arrayContaining(["web@n1", "web.pictl-replaced@n1"]));
    await lab.inside("n1", "docker rm -f web.pictl-replaced");
  });

  test("a port that is taken on the target is told before anything is touched", async () => {
    await lab.inside("n2", "docker run -d --name squatter -p 8080:80 web");
    const refused = await run("web", "n2");
    expect(refused.stderr).toContain("web publishes port 8080, which squatter has on n2.");
    expect(await copies("running")).toEqual(["web@n1"]);
    await lab.inside("n2", "docker rm -f squatter");
  });

  test("data of its own: named and refused without an answer, copied with --copy-volumes", async () => {
    const args = (text: string): void => {
      rewrite((document) => {
        for (const row of document.layout) if (row.web !== undefined) row.web = text;
      });
    };
    args("-p 8080:80 -v stuff:/data -v /srv/app.conf:/app.conf");
    await lab.inside("n1", "mkdir -p /srv && echo setting >/srv/app.conf");
    expect((await runCommand(Create, ["web", "--recreate"], lab.status().config)).code).toBe(0);
    await lab.inside("n1", "docker exec web sh -c 'echo kept >/data/file; ln -s file /data/link'");
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

  test("once the config is written it has moved, also where the old copy cannot be removed yet", async () => {
    const from = home() ?? "";
    const to = from === "n1" ? "n2" : "n1";
    const refusal = "Error response from daemon: device or resource busy";
    const refusing = `#!/bin/sh
case "$*" in "container rm "*) echo "${refusal}" >&2; exit 1 ;; esac
exec /usr/bin/docker "$@"
`;
    await lab.inside(from, `printf %s '${refusing}' >/usr/local/bin/docker; chmod +x /usr/local/bin/docker`);
    const moved = await run("web", to);
    expect([moved.code, moved.stdout]).toEqual([
      0,
      expect.stringContaining(`; its old copy on ${from} is removed by the next command`),
    ]);
    expect(moved.stderr).toContain(`The old web is still on ${from}. Could not remove the old web: device or resource`);
    expect([home(), await copies("running"), await copies("all")]).toEqual([
      to,
      [`web@${to}`],
      [`web@${to}`, `web.pictl-replaced@${from}`].sort((a, b) => a.slice(-2).localeCompare(b.slice(-2))),
    ]);
    expect((await runCommand(Log, ["--tail", "1"], lab.status().config)).stdout).toContain("container.moved");
    await lab.inside(from, "rm /usr/local/bin/docker");
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual([`web@${to}`]);
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
    let steps = 0;
    for (const when of ["before", "after"]) {
      for (let step = 1; ; step++) {
        const from = home() ?? "";
        const to = from === "n1" ? "n2" : "n1";
        const ended = await promisify(execFile)(
          process.execPath,
          ["--import", "tsx", killedMove, lab.status().config, "web", to, String(step), when],
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

  test("a dead node does not stop it; its copy goes when the node is back", async () => {
    const from = home() ?? "";
    await lab.kill(from);
    const moved = await run("web", "n3");
    expect(moved.code, moved.stderr).toBe(0);
    expect(moved.stdout).toContain(`${from} does not answer, its copy is removed by the next command after it is back`);
    expect(await copies("running")).toEqual(["web@n3"]);
    await lab.start(from);
    expect(await copies("all")).toContain(`web@${from}`);
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual(["web@n3"]);
  });

  test("so it does when the container has been moved once more meanwhile", async () => {
    const from = home() ?? "";
    const others = ["n1", "n2", "n3"].filter((node) => node !== from);
    await lab.kill(from);
    for (const node of others) expect((await run("web", node)).code).toBe(0);
    await lab.start(from);
    expect(await copies("all")).toEqual([`web@${from}`, `web@${others[1]}`].sort());
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual([`web@${others[1]}`]);
  });
});
