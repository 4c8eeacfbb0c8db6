import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import Move from "../../commands/move.ts";
import Status from "../../commands/status.ts";
import type { ActionRow } from "../../src/app/kit/act.ts";
import type { StatusRow } from "../../src/app/status.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { eventFileText } from "../support/event-file.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

/** Everything that reading such a file can trip over. */
const original = [
  "# hunter0",
  "",
  "PLAIN=hunter1",
  "  INDENTED=hunter2 with blanks at its end  ",
  `QUOTED="hunter3" '$HOME' \`id\` \\n # no comment`,
  "EMPTY=",
  "EQUALS=a=b",
  "UNICODE=héllo ✓",
  "WINDOWS=1\r",
  "TWICE=1",
  "TWICE=2",
  "PICTL_TEST_PASSED",
  "PICTL_TEST_MISSING",
  "OVERRIDDEN=by the file",
  "SECRET=by the file",
  "",
].join("\n");

describe.skipIf(obstacle !== undefined)("env_file", () => {
  const lab = withLab({ nodes: 2 });
  const path = (): string => lab.status().config;
  const beside = (name: string): string => join(dirname(path()), name);
  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) => runCommand(command, words, path());
  const write = (text: string | Uint8Array): void => {
    writeFileSync(beside("app.env"), text, { mode: 0o600 });
  };
  const id = (): Promise<string> => lab.inside("n1", "docker inspect --format '{{.Id}}' web");
  const environment = async (node: string, container = "web"): Promise<Record<string, string>> => {
    const list = JSON.parse(
      await lab.inside(node, `docker inspect --format '{{json .Config.Env}}' ${container}`),
    ) as string[];
    return Object.fromEntries(list.map((each) => [each.replace(/=.*$/s, ""), each.replace(/^[^=]*=/, "")]));
  };
  const states = async (): Promise<{ code: number | null; web: string | undefined; failures: readonly object[] }> => {
    const { result, exitCode, failures } = documentOf(await run(Status, "--json")) as DocumentOf<{
      containers: StatusRow[];
    }>;
    return { code: exitCode, web: result.containers.find(({ container }) => container === "web")?.state, failures };
  };

  beforeAll(async () => {
    process.env["PICTL_TEST_PASSED"] = "hunter4 from here";
    const config = JSON.parse(readFileSync(path(), "utf8")) as { layout: Record<string, unknown>[] };
    Object.assign(config.layout[0] ?? {}, {
      web: {
        args: "-p 8080:80",
        env: { OVERRIDDEN: "by env" },
        env_file: "app.env",
        secrets: { SECRET: "file:secret.txt" },
      },
    });
    writeFileSync(path(), JSON.stringify(config), { mode: 0o600 });
    writeFileSync(beside("secret.txt"), "hunter5\n", { mode: 0o600 });
    write(original);
    // Whoever calls docker on n1 is written down, word for word.
    await lab.inside(
      "n1",
      `printf '#!/bin/sh\\nprintf "%%s\\\\n" "$*" >>/root/argv\\nexec /usr/bin/docker "$@"\\n' >/usr/local/bin/docker
       chmod +x /usr/local/bin/docker`,
    );
    const created = await run(Create);
    expect(created.code, created.stderr).toBe(0);
  });
  afterAll(() => {
    delete process.env["PICTL_TEST_PASSED"];
  });

  test("gives a container what docker itself would read in it; env and secrets win over it", async () => {
    await lab.inside("n1", `cat >/root/app.env <<'END_OF_FILE'\n${original}END_OF_FILE`);
    await lab.inside(
      "n1",
      "PICTL_TEST_PASSED='hunter4 from here' /usr/bin/docker create --name theirs --env-file /root/app.env web",
    );
    const theirs = await environment("n1", "theirs");
    expect(theirs).toMatchObject({ WINDOWS: "1", PICTL_TEST_PASSED: "hunter4 from here", TWICE: "2" });
    expect(await environment("n1")).toEqual({ ...theirs, OVERRIDDEN: "by env", SECRET: "hunter5" });
    await lab.inside("n1", "/usr/bin/docker rm theirs");
  });

  test("its values stand in no argument, no event, no output", async () => {
    const calls = await lab.inside("n1", "cat /root/argv");
    expect(calls).toContain("--env-file /dev/stdin");
    const dry = await run(Create, "web", "--recreate", "--dry-run");
    expect(dry.stdout).toContain("--env-file /dev/stdin");
    const events = eventFileText(beside("state"));
    for (const text of [calls, dry.stdout, dry.stderr, events]) expect(text).not.toMatch(/hunter/);
  });

  test("a changed value shows in status and is applied by create --recreate; a comment is no change", async () => {
    expect(await states()).toEqual({ code: 0, web: "running", failures: [] });
    write(`# another comment\n${original}`);
    expect((await states()).web).toBe("running");
    write(original.replace("hunter1", "hunter9"));
    expect(await states()).toMatchObject({ code: 1, web: "changed" });
    const before = await id();
    const left = await run(Create, "web");
    expect([left.code, left.stderr, await id()]).toEqual([1, expect.stringContaining("--recreate"), before]);
    expect((await run(Create, "web", "--recreate", "--grace", "1")).code).toBe(0);
    expect(await environment("n1")).toMatchObject({ PLAIN: "hunter9", EQUALS: "a=b" });
    expect((await states()).code).toBe(0);
  });

  test("goes along with a move", async () => {
    const moved = await run(Move, "web", "n2");
    expect(moved.code, moved.stderr).toBe(0);
    expect(await environment("n2")).toMatchObject({ PLAIN: "hunter9", SECRET: "hunter5" });
    expect((await states()).code).toBe(0);
    expect((await run(Move, "web", "n1")).code).toBe(0);
  });

  test.each<[string, () => void, string]>([
    [
      "missing",
      () => {
        rmSync(beside("app.env"));
      },
      "app.env does not exist.",
    ],
    [
      "malformed",
      () => {
        write("A=1\nhunter6 hunter7\n");
      },
      "app.env, line 2: there is white space in the name.",
    ],
    [
      "binary",
      () => {
        write(Uint8Array.of(0x41, 0x3d, 0xff));
      },
      "app.env is not text in UTF-8.",
    ],
  ])("%s: told before anything is touched, and nobody else is held up", async (_, spoil, message) => {
    const before = await id();
    spoil();
    const failure = { code: "env-file-invalid", container: "web", node: "n1" };
    for (const words of [["--recreate"], ["--recreate", "--dry-run"]]) {
      const created = documentOf(await run(Create, ...words, "--json")) as DocumentOf<{ containers: ActionRow[] }>;
      expect(created).toMatchObject({ exitCode: 2, failures: [failure] });
      expect(created.failures[0]?.message).toContain(message);
      expect(created.result.containers.map(({ container }) => container)).toEqual(["clock"]);
    }
    const moved = await run(Move, "web", "n2");
    expect([moved.code, moved.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(moved.stderr).not.toContain("hunter");
    expect(await id()).toBe(before);
    // What it wants is not known; that it runs is.
    expect(await states()).toMatchObject({ code: 2, web: "running", failures: [failure] });
  });

  test("a secret of several lines is told before anything is touched", async () => {
    write(original);
    const started = (): Promise<string> => lab.inside("n1", "docker inspect --format '{{.State.StartedAt}}' web");
    const before = await started();
    writeFileSync(beside("secret.txt"), "hunter5\nhunter6\n");
    for (const refused of [await run(Create, "web", "--recreate"), await run(Move, "web", "n2")]) {
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining("The secret SECRET has several lines"),
      ]);
      expect(refused.stderr).not.toContain("hunter");
    }
    expect(await started()).toBe(before);
  });
});
