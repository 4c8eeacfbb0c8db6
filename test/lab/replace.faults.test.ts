/** `kill -9` before each command that a replacement sends to a node, and then the next command. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import { bundled } from "../support/bundled.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { writeMoodyImage } from "../support/moody-image.ts";

const obstacle = await labObstacle();

/** More than any replacement takes. */
const mostCommands = 40;

describe.skipIf(obstacle !== undefined)("a replacement that is killed before any of its commands", () => {
  const lab = withLab({ nodes: 1 });
  let takeAway = (): void => undefined;
  beforeAll(() => {
    takeAway = writeMoodyImage(join(dirname(lab.status().config), "docker"), "app");
  });
  // Before the lab goes, so that its folder goes with it.
  afterAll(() => {
    takeAway();
  });

  function wanted(args: string, version: number): void {
    const document = JSON.parse(readFileSync(lab.status().config, "utf8")) as Record<string, unknown>;
    document["layout"] = [{ node: "n1", app: `${args} -e V=${String(version)}` }];
    document["hb"] = [];
    writeFileSync(lab.status().config, JSON.stringify(document));
  }

  const create = () => runCommand(Create, ["app", "--recreate", "--grace", "1", "--wait", "30"], lab.status().config);
  const lines = async (command: string): Promise<readonly string[]> =>
    (await lab.inside("n1", command))
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  /** The versions of the copies that run. */
  const running = (): Promise<readonly string[]> =>
    lines("for each in $(docker ps -q); do docker exec $each sh -c 'echo $V'; done");
  const left = async (): Promise<readonly string[]> => [
    ...(await lines("docker ps --all --format '{{.Names}} {{.State}}'")),
    ...(await lines("docker network ls --format '{{.Name}}'")),
    ...(await lines("docker volume ls --quiet")),
  ];

  test.each([
    { swap: "start-first", args: "", serves: true, runs: 2 },
    { swap: "hand-off", args: "-p 8080:80", serves: true, runs: 2 },
    { swap: "stop-first", args: "-p 8080:80 -v /srv/app:/data", serves: false, runs: 1 },
  ])(
    "$swap: the old or the new one serves, and the next command leaves the new one alone and nothing else",
    async ({ swap, args, serves, runs }) => {
      const program = await bundled(new URL("../support/killed-create.ts", import.meta.url));
      wanted(args, 0);
      expect((await create()).code).toBe(0);
      const clean = await left();
      const seen: string[] = [];
      let version = 0;
      for (let nth = 1; nth < mostCommands; nth += 1) {
        const old = String(version);
        version += 1;
        wanted(args, version);
        const ended = await promisify(execFile)(process.execPath, [
          program,
          lab.status().config,
          "app",
          String(nth),
        ]).then(
          () => undefined,
          (error: unknown) => error as { signal: string; stderr: string },
        );
        if (!ended) break;
        expect(ended.signal, ended.stderr).toBe("SIGKILL");
        const now = await running();
        const names = (await lines("docker ps --all --format '{{.Names}} {{.State}}'")).join(", ");
        seen.push(`${String(nth)}: ${names}`);
        const what = `${swap}, killed before command ${seen.at(-1) ?? ""}`;
        expect(now.length, what).toBeLessThanOrEqual(runs);
        if (serves) expect(now.length, what).toBeGreaterThanOrEqual(1);
        for (const each of now) expect([old, String(version)], what).toContain(each);
        const next = await create();
        expect([next.code, await running()], `${what}\n${next.stderr}`).toEqual([0, [String(version)]]);
        expect(await left(), what).toEqual(clean);
        if (args !== "")
          expect(await lab.inside("n1", "wget -qO- http://127.0.0.1:8080/"), what).toBe(`${String(version)}\n`);
      }
      expect(await running()).toEqual([String(version)]);
      expect(await left()).toEqual(clean);
      // Some with both copies there, some with the old one alone.
      expect(seen.length).toBeGreaterThan(5);
    },
    900_000,
  );
});
