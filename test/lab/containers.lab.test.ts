import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import Delete from "../../commands/delete.ts";
import Move from "../../commands/move.ts";
import Prune from "../../commands/prune.ts";
import Restart from "../../commands/restart.ts";
import Start from "../../commands/start.ts";
import Status from "../../commands/status.ts";
import Stop from "../../commands/stop.ts";
import type { ActionRow } from "../../src/app/kit/act.ts";
import { createContainers } from "../../src/app/create.ts";
import { lifecycle } from "../../src/app/container/lifecycle.ts";
import type { StatusRow } from "../../src/app/status.ts";
import { quote } from "../../src/domain/shell.ts";
import { pictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { eventFileText } from "../support/event-file.ts";
import { followedBy } from "../support/followed-by.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { quietContext } from "../support/quiet-context.ts";

const obstacle = await labObstacle();

interface Layout {
  layout: Record<string, string>[];
  hb: Record<string, string>[];
}

describe.skipIf(obstacle !== undefined)("the life of a container", () => {
  const lab = withLab({ nodes: 3 });
  let pristine = "";

  beforeAll(async () => {
    pristine = readFileSync(lab.status().config, "utf8");
    const created = await run(Create);
    expect(created.code, created.stderr).toBe(0);
  });

  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) =>
    runCommand(command, words, lab.status().config);
  /** Gives web other arguments, and no check of a port that it may not have then. */
  const arguments_ = (value: string): void => {
    const document = JSON.parse(pristine) as Layout;
    for (const row of document.layout) if (row.web !== undefined) row.web = value;
    for (const row of document.hb) delete row.web;
    writeFileSync(lab.status().config, JSON.stringify(document));
  };
  const restore = (): void => {
    writeFileSync(lab.status().config, pristine);
  };
  afterEach(restore);
  const id = (name = "web"): Promise<string> => lab.inside("n1", `docker inspect --format '{{.Id}}' ${name}`);
  async function states(...words: string[]): Promise<{ code: number | null; rows: string[] }> {
    const shown = await run(Status, ...words, "--json");
    const { result } = documentOf(shown) as DocumentOf<{ containers: StatusRow[] }>;
    return { code: shown.code, rows: result.containers.map((row) => `${row.container}@${row.node} ${row.state}`) };
  }

  test("status says that all is as wanted; creating again changes nothing", async () => {
    expect(await states()).toEqual({ code: 0, rows: ["web@n1 running", "clock@n2 running"] });
    const before = await id();
    const again = documentOf(await run(Create, "--json")) as DocumentOf<{ containers: ActionRow[] }>;
    expect(again.result.containers.map((row) => [row.container, row.changed])).toEqual([
      ["web", false],
      ["clock", false],
    ]);
    expect(await id()).toBe(before);
  });

  test("stop, start, restart, each twice the same as once; --dry-run does nothing", async () => {
    expect((await run(Stop, "web", "--dry-run")).stdout).toContain("would run: docker container stop web");
    expect((await states()).code).toBe(0);
    for (const time of [1, 2]) expect((await run(Stop, "web", "--grace", "1")).code, String(time)).toBe(0);
    expect(await states("web")).toEqual({ code: 0, rows: ["web@n1 stopped"] });
    for (const time of [1, 2]) expect((await run(Start, "web@n1")).code, String(time)).toBe(0);
    expect((await run(Restart, "w*", "--grace", "1")).code).toBe(0);
    expect(await states("web")).toEqual({ code: 0, rows: ["web@n1 running"] });
    await lab.inside("n1", "docker pause web");
    expect((await run(Status, "web")).stderr).toBe(
      "✗ web@n1: The container is paused.\n  → Let it go on with `pictl start web`.\n",
    );
    expect((await run(Create, "web")).stdout).toContain("continued");
    expect(await states("web")).toEqual({ code: 0, rows: ["web@n1 running"] });
  });

  test("delete needs an answer; then start says how to make it again", async () => {
    const refused = await run(Delete, "web");
    expect([refused.code, refused.stderr.includes("--yes")]).toEqual([4, true]);
    expect((await run(Delete, "web", "--yes")).code).toBe(0);
    expect((await states("web")).rows).toEqual(["web@n1 missing"]);
    const start = await run(Start, "web");
    expect([start.code, start.stderr.includes("pictl create web")]).toEqual([1, true]);
    expect((await run(Create, "web")).code).toBe(0);
  });

  test("a container ends in its own time, also before it is deleted", async () => {
    arguments_("-p 8080:80 --stop-timeout 1");
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
    // It hears nothing, so that it is killed when its second is over; ten were too many.
    await lab.inside("n1", "kill -STOP $(docker inspect --format '{{.State.Pid}}' web)");
    const stopped = documentOf(await run(Stop, "web", "--json")) as DocumentOf<{ containers: ActionRow[] }>;
    expect(stopped.result.containers[0]?.durationMs).toBeLessThan(8000);
    expect((await run(Start, "web")).code).toBe(0);
    const deletes = "would run: docker container stop web && docker container rm --force web";
    expect((await run(Delete, "web", "--dry-run")).stdout).toContain(deletes);
    restore();
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
  });

  test("changed arguments show, are not applied unasked, and are with --recreate", async () => {
    arguments_("-p 8080:80 -e COLOUR=blue");
    const before = await id();
    expect((await states("web")).rows).toEqual(["web@n1 changed"]);
    const left = await run(Create, "web");
    expect([left.code, left.stderr.includes("--recreate"), await id()]).toEqual([1, true, before]);
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
    expect(await lab.inside("n1", "docker inspect --format '{{json .Config.Env}}' web")).toContain('"COLOUR=blue"');
  });

  test("a replacement takes over the volumes without a name, and tells which it has no place for", async () => {
    const dockerfile = join(dirname(lab.status().config), "docker/web/Dockerfile");
    const original = readFileSync(dockerfile, "utf8");
    writeFileSync(dockerfile, `${original}VOLUME /declared\n`);
    const places = ["/declared", "/said", "/mounted"];
    const said = "-v /said --mount type=volume,target=/mounted";
    const kept = () => lab.inside("n1", `docker exec web cat ${places.map((place) => `${place}/file`).join(" ")}`);
    arguments_(said);
    expect((await run(Create, "web", "--recreate", "--grace", "0", "--no-check")).code).toBe(0);
    for (const place of places) await lab.inside("n1", `docker exec web sh -c 'echo ${place} >${place}/file'`);
    for (const colour of ["blue", "red"]) {
      arguments_(`${said} -e COLOUR=${colour}`);
      const { code, stderr } = await run(Create, "web", "--recreate", "--grace", "0", "--no-check");
      expect([code, stderr.includes("stays on")], stderr).toEqual([0, false]);
      expect(await kept()).toBe(places.map((place) => `${place}\n`).join(""));
    }
    arguments_("-v web-data:/said");
    const volume = (await lab.inside("n1", `docker inspect --format '{{range .Mounts}}{{.Name}} {{end}}' web`)).split(
      " ",
    );
    writeFileSync(dockerfile, original);
    const { code, stderr } = await run(Create, "web", "--recreate", "--grace", "0", "--no-check");
    expect([code, places.filter((place) => stderr.includes(`What web had at ${place} stays on n1`))]).toEqual([
      0,
      places,
    ]);
    expect(volume.filter((name) => stderr.includes(`\`-v ${name}:/`))).toHaveLength(3);
    restore();
    expect((await run(Create, "web", "--recreate", "--grace", "0", "--no-check")).code).toBe(0);
  });

  test("a replacement that does not start leaves the old one running", async () => {
    const before = await id();
    await lab.inside("n1", "docker run -d --name squatter -p 9999:80 web");
    arguments_("-p 9999:80");
    const failed = await followedBy(run(Create, "web", "--recreate"), () => lab.inside("n1", "docker rm -f squatter"));
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("9999")]);
    expect(await id()).toBe(before);
    expect(await lab.inside("n1", "docker ps --filter name=web --format '{{.Names}} {{.State}}'")).toBe(
      "web running\n",
    );
    restore();
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
  });

  test("what ends right after its start is told by every command that starts it, with its last words", async () => {
    const script = (text: string): Promise<string> =>
      lab.inside("n1", `printf '%s\\n' "trap 'exit 0' TERM" ${quote(text)} > /root/start.sh`);
    const ended = {
      code: 1,
      stderr: expect.stringMatching(/right after its start.*\n {2}→ It said:\n {4}no flag\n/) as string,
    };
    await script("sleep 1000 & wait");
    arguments_("-v /root/start.sh:/start.sh");
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
    await script("echo no flag; exit 3");
    for (const [command, words] of [
      [Restart, ["--grace", "1"]],
      [Start, []],
      [Create, []],
    ] as const) {
      const { code, stdout, stderr } = await run(command, "web", ...words);
      expect({ code, stdout, stderr }).toMatchObject({ ...ended, stdout: "" });
      expect(stderr).toContain("`pictl logs web` shows more.");
    }
    // Docker starts it again and again.
    arguments_("-v /root/start.sh:/start.sh --restart always");
    await script("sleep 1000 & wait");
    expect((await run(Create, "web", "--recreate")).code).toBe(0);
    await script("echo no flag; exit 3");
    expect(await run(Restart, "web", "--grace", "1")).toMatchObject(ended);
    expect(await run(Start, "web")).toMatchObject(ended);
    // A replacement that ends is gone with its log; what it said is not.
    await script("sleep 1000 & wait");
    expect((await run(Restart, "web", "--grace", "1")).code).toBe(0);
    await script("echo no flag; exit 3");
    arguments_("-v /root/start.sh:/start.sh -e A=1");
    const replacement = await run(Create, "web", "--recreate", "--grace", "1");
    expect(replacement).toMatchObject(ended);
    expect(replacement.stderr).toContain("The old container is back as it was.");
    expect(replacement.stderr).not.toContain("pictl logs");
    restore();
    expect((await run(Create, "web", "--recreate", "--grace", "1")).code).toBe(0);
  });

  test("a container of the same name that is not ours is an error, never a target", async () => {
    await run(Delete, "web", "--yes");
    await lab.inside("n1", "docker run -d --name web web");
    const before = await id();
    for (const [command, words] of [
      [Create, ["web", "--recreate"]],
      [Stop, ["web"]],
      [Restart, ["web"]],
      [Delete, ["web", "--yes"]],
    ] as const) {
      const refused = await run(command, ...words);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("pictl did not make")]);
    }
    expect((await states("web")).rows).toEqual(["web@n1 foreign"]);
    expect(await id()).toBe(before);
    await lab.inside("n1", "docker rm -f web");
    expect((await run(Create, "web")).code).toBe(0);
  });

  test("one that is ours and in no layout is a stray; one node's strays are not another's", async () => {
    const cluster = (JSON.parse(pristine) as { cluster: string }).cluster;
    await lab.inside("n1", `docker run -d --name left --label io.pictl.cluster=${cluster} web`);
    const { code, rows } = await states();
    expect([code, rows.filter((row) => row.startsWith("left"))]).toEqual([1, ["left@n1 stray"]]);
    expect(await states("left@n1")).toEqual({ code: 1, rows: ["left@n1 stray"] });
    expect((await run(Restart, "left@n1", "--grace", "1")).code).toBe(0);
    expect((await run(Delete, "left@n1", "--yes", "--grace", "1")).code).toBe(0);
    expect(await run(Delete, "left@n1", "--yes")).toMatchObject({ code: 2, stdout: "" });
    expect((await states()).code).toBe(0);
  });

  test("the old copy of a replacement that was cut off is told as that, and kept by prune until it is settled", async () => {
    await lab.inside("n1", "docker stop -t 1 web && docker rename web web.pictl-replaced");
    const { stderr } = await run(Status);
    expect((await states()).rows).toEqual(expect.arrayContaining(["web@n1 missing", "web.pictl-replaced@n1 stray"]));
    expect(stderr).toContain(
      "A move or a replacement of web goes on, or was cut off: then `pictl create web` finishes or undoes it.",
    );
    expect(stderr).not.toContain("docker rm -f web");
    expect((await run(Prune, "--yes")).code).toBe(0);
    expect(await lab.inside("n1", "docker ps -a --format '{{.Names}}'")).toContain("web.pictl-replaced");
    expect((await run(Create, "web")).code).toBe(0);
    expect((await states()).rows.filter((row) => row.startsWith("web"))).toEqual(["web@n1 running"]);
  });

  test("a command, networks of the config, docker's warnings; a dry run is told once and is no event", async () => {
    const document = JSON.parse(pristine) as Layout & { networks?: object };
    const entry = (value: object): object => ({ ...document.layout[2], ...value });
    const write = (value: object): void => {
      writeFileSync(
        lab.status().config,
        JSON.stringify({
          ...document,
          networks: { back: "--subnet 10.99.7.0/24" },
          layout: [...document.layout.slice(0, 2), entry(value)],
        }),
      );
    };
    write({ once: { build: "docker/web", args: "--network back", command: ["sh", "-c", "echo mine; sleep 1000"] } });
    const events = (): string[] => eventFileText(join(dirname(lab.status().config), "state")).split("\n");
    const before = events().length;
    const rehearsed = await run(Create, "once", "--dry-run");
    expect(rehearsed).toMatchObject({ code: 0, stderr: expect.not.stringContaining("would") as string });
    expect(rehearsed.stdout).not.toContain("io.pictl");
    expect((await run(Create, "web", "--dry-run")).code).toBe(0);
    expect(events()).toHaveLength(before);
    expect(await run(Create, "once")).toMatchObject({ code: 0 });
    expect(await lab.inside("n3", "docker logs once")).toBe("mine\n");
    expect(await lab.inside("n3", "docker network inspect back --format '{{(index .IPAM.Config 0).Subnet}}'")).toBe(
      "10.99.7.0/24\n",
    );
    expect(await states("once")).toEqual({ code: 0, rows: ["once@n3 running"] });
    write({ once: { build: "docker/web", args: "--network host -p 8077:80", command: "sleep 1000" } });
    const warned = await run(Create, "once", "--recreate");
    expect([warned.code, warned.stderr]).toEqual([0, expect.stringMatching(/docker warns: .*discarded/i)]);
    await run(Delete, "once", "--yes");
    await lab.inside("n3", "docker network rm back");
  });

  test("what is stopped stays so, for whoever was not asked for it, until it is started", async () => {
    expect((await run(Stop, "web", "--grace", "1")).code).toBe(0);
    expect((await run(Create)).stdout).toMatch(/^web +n1 +stays stopped by \S+ at 20/m);
    const shown = await run(Status);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/^web +n1 +stopped +stopped .*stopped by/m)]);
    // From another controller, or after the state folder was lost: it is kept on the node.
    const volumes = "docker volume ls -q --filter label=io.pictl.stopped";
    expect(await lab.inside("n1", volumes)).toMatch(/^pictl\.stopped\.[0-9a-f]{32}\n$/);
    expect((await run(Create, "web")).stdout).toMatch(/started/);
    expect(await lab.inside("n1", volumes)).toBe("");
    await run(Stop, "web", "--grace", "1");
    await lab.inside("n1", "docker start web");
    expect(await run(Status, "web")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("though stopped by") as string,
    });
    expect((await run(Delete, "web", "--yes", "--grace", "1")).code).toBe(0);
    expect(await lab.inside("n1", volumes)).toBe("");
    expect((await run(Create)).code).toBe(0);
  });

  test("differences are named, a rotated secret too; its value is nowhere", async () => {
    const secret = join(dirname(lab.status().config), "password");
    const document = JSON.parse(pristine) as Layout;
    const write = (args: string, env: object): void => {
      const web = { args, env, secrets: { DB_PASSWORD: `file:${secret}` } };
      const layout = document.layout.map((row) => (row.web === undefined ? row : { ...row, web }));
      writeFileSync(lab.status().config, JSON.stringify({ ...document, layout }));
    };
    writeFileSync(secret, "hunter2\n");
    write("-p 8080:80", { TZ: "UTC" });
    expect((await run(Create, "web", "--recreate", "--grace", "1")).code).toBe(0);
    expect(await states("web")).toEqual({ code: 0, rows: ["web@n1 running"] });
    writeFileSync(secret, "hunter3\n");
    const rotated = await run(Status, "web", "--json");
    expect(rotated.stdout).toContain('"secret DB_PASSWORD"');
    write("-p 8082:80", { TZ: "CET" });
    const { stdout, stderr } = await run(Create, "web");
    expect(stderr).toContain("arguments: -p 8080:80 → -p 8082:80; env TZ; secret DB_PASSWORD.");
    expect(rotated.stdout + stdout + stderr).not.toMatch(/hunter/);
    restore();
    expect((await run(Create, "web", "--recreate", "--grace", "1")).code).toBe(0);
  });

  test("all of them are stopped or restarted only after a question", async () => {
    for (const command of [Stop, Restart]) {
      expect(await run(command)).toMatchObject({ code: 4, stderr: expect.stringContaining("`--yes`") as string });
    }
    expect((await states()).code).toBe(0);
  });

  test("any words survive config, node and docker inspect", async () => {
    const word = fc.string({ unit: "grapheme", maxLength: 30 }).map((text) => text.replaceAll(/[\0\r]/g, ""));
    const lists = fc.sample(fc.array(word, { minLength: 1, maxLength: 12 }), { numRuns: 6, seed: 7 });
    const hostile = [
      "$(id)",
      "`id`",
      "a b",
      "'",
      '"',
      "\\",
      "#",
      "*",
      "~",
      "!",
      "%s",
      "-rm",
      "é漢🐳",
      "a\nb",
      "",
      "\t",
    ];
    for (const list of [hostile, ...lists]) {
      arguments_(list.map((text, index) => `-e ${quote(`W${String(index)}=${text}`)}`).join(" "));
      const created = await run(Create, "web", "--recreate", "--grace", "0", "--no-check");
      expect(created.code, created.stderr).toBe(0);
      const env = JSON.parse(await lab.inside("n1", "docker inspect --format '{{json .Config.Env}}' web")) as string[];
      // Docker keeps variables in no order.
      const wanted = list.map((text, index) => `W${String(index)}=${text}`);
      expect(env.filter((each) => /^W\d+=/.test(each)).sort()).toEqual(wanted.sort());
    }
    restore();
    expect((await run(Create, "web", "--recreate", "--grace", "0")).code).toBe(0);
  });

  test("of two operators at once one wins and the other is told by whom; --wait waits", async () => {
    const config = lab.status().config;
    const slow = pictl(["restart", "clock", "--grace", "5"], { config });
    const waiting = pictl(["restart", "clock", "--grace", "5", "--wait", "60"], { config });
    const ended = await Promise.all([slow, waiting]);
    expect(ended.map((each) => each.code)).toEqual([expect.any(Number), 0]);
    const both = await Promise.all([pictl(["restart", "clock"], { config }), pictl(["restart", "clock"], { config })]);
    expect(both.map((each) => each.code).sort()).toEqual([0, 4]);
    expect(both.find((each) => each.code === 4)?.stderr).toMatch(
      /`pictl restart` of \S+@\S+ is changing this container since/,
    );
  });

  test("what was moved while a command waited for it is left alone where it was", async () => {
    const context = await quietContext(lab.status().config, "test");
    const { config, ports } = context;
    try {
      const input = {
        config,
        placements: config.placements.filter(({ container }) => container === "web"),
        graceSeconds: 0,
        waitMs: 0,
        dryRun: false,
      };
      expect((await run(Move, "web", "n3")).code).toBe(0);
      const moved = { code: "unknown-container", message: "web is not on n1 any more, as the layout says by now." };
      expect((await createContainers(ports, { ...input, recreate: "nothing" })).failures).toMatchObject([moved]);
      expect((await lifecycle(ports, { ...input, action: "restart" })).failures).toMatchObject([moved]);
      expect(await lab.inside("n1", "docker ps --all --quiet --filter name=web")).toBe("");
      expect((await run(Move, "web", "n1")).code).toBe(0);
    } finally {
      await context.close();
    }
  });

  test("a dead node stops nobody else, and is told", async () => {
    await lab.kill("n2");
    const { code, rows } = await states();
    expect([code, rows]).toEqual([3, ["web@n1 running", "clock@n2 unknown"]]);
    const restarted = await run(Restart, "--yes", "--grace", "0");
    expect([restarted.code, restarted.stdout.includes("web"), restarted.stderr.includes("clock@n2")]).toEqual([
      3,
      true,
      true,
    ]);
    await lab.start("n2");
  });
});
