import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import Log from "../../commands/log.ts";
import Start from "../../commands/start.ts";
import { type MoveRow } from "../../src/app/move/index.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { followedBy } from "../support/followed-by.ts";
import { labObstacle } from "../support/lab.ts";
import { withMoveLab } from "../support/move-lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("move", () => {
  const { lab, config, rewrite, home, run, copies } = withMoveLab();

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
        if (row.web !== undefined) row.web = { check: "exec", command: "exit 7", timeout: 10_000 };
    });
    const before = readFileSync(lab.status().config, "utf8");
    const failed = await run("web", "n3", "--check-timeout", "5");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("web was not moved to n3, it is on n1 as before.");
    expect(failed.stderr).toContain("exit code 7");
    expect(readFileSync(lab.status().config, "utf8")).toBe(before);
    expect([await copies("all"), await copies("running")]).toEqual([["web@n1"], ["web@n1"]]);
    rewrite((document) => {
      for (const row of document.hb) if (row.web !== undefined) row.web = "8080";
    });
  });

  test("a config that cannot be written is told before the container stops", async () => {
    const startedAt = () => lab.inside("n1", "docker inspect --format '{{.State.StartedAt}}' web");
    const before = await startedAt();
    const lock = `${lab.status().config}.lock`;
    mkdirSync(lock);
    try {
      const failed = await run("web", "n3");
      expect([failed.code, failed.stderr]).toEqual([4, expect.stringContaining("should be a lock file")]);
    } finally {
      rmdirSync(lock);
    }
    expect([await startedAt(), await copies("all")]).toEqual([before, ["web@n1"]]);
  });

  test("a foreign container of that name, on either side, is left alone and the layout too", async () => {
    const before = readFileSync(lab.status().config, "utf8");
    await lab.inside("n2", "docker run -d --name web web");
    const refused = await followedBy(run("web", "n2"), () => lab.inside("n2", "docker rm -f web"));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("web@n2")]);
    expect(refused.stderr).toContain("pictl did not make");
    expect(readFileSync(lab.status().config, "utf8")).toBe(before);
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
    const refused = await followedBy(run("web", "n2"), () => lab.inside("n2", "docker rm -f squatter"));
    expect(refused.stderr).toContain("web publishes port 8080, which squatter has on n2.");
    expect(await copies("running")).toEqual(["web@n1"]);
  });

  test("once the config is written it has moved, also where the old copy cannot be removed yet", async () => {
    const from = home() ?? "";
    const to = from === "n1" ? "n2" : "n1";
    const refusal = "Error response from daemon: device or resource busy";
    const refusing = `#!/bin/sh
case "$*" in "container rm "*) echo "${refusal}" >&2; exit 1 ;; esac
exec /usr/bin/docker "$@"
`;
    await lab.inside(from, `printf %s '${refusing}' >/usr/local/bin/docker; chmod +x /usr/local/bin/docker`);
    const moved = await followedBy(run("web", to), () => lab.inside(from, "rm /usr/local/bin/docker"));
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
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual([`web@${to}`]);
  });

  test("a dead node does not stop it; its copy goes when the node is back", async () => {
    const from = home() ?? "";
    await lab.kill(from);
    try {
      const moved = await run("web", "n3");
      expect(moved.code, moved.stderr).toBe(0);
      expect(moved.stdout).toContain(
        `${from} does not answer, its copy is removed by the next command after it is back`,
      );
      expect(await copies("running")).toEqual(["web@n3"]);
    } finally {
      await lab.start(from);
    }
    expect(await copies("all")).toContain(`web@${from}`);
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual(["web@n3"]);
  });

  test("so it does when the container has been moved once more meanwhile", async () => {
    const from = home() ?? "";
    const others = ["n1", "n2", "n3"].filter((node) => node !== from);
    await lab.kill(from);
    try {
      for (const node of others) expect((await run("web", node)).code).toBe(0);
    } finally {
      await lab.start(from);
    }
    expect(await copies("all")).toEqual([`web@${from}`, `web@${others[1]}`].sort());
    expect((await runCommand(Start, ["web"], lab.status().config)).code).toBe(0);
    expect(await copies("all")).toEqual([`web@${others[1]}`]);
  });
});
