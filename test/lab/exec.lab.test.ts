import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ExecRow } from "../../src/app/exec.ts";
import { operationOf } from "../../src/operations/index.ts";
import { openJobs } from "../../src/operations/jobs/index.ts";
import type { JsonDocument } from "../../src/view/document.ts";
import { type CliOptions, type CliRun, pictl, startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { quietContext } from "../support/quiet-context.ts";

const obstacle = await labObstacle({ docker: false });

describe.skipIf(obstacle !== undefined)("exec", () => {
  const lab = withLab({ nodes: 3, docker: false });

  const options = (extra: Partial<CliOptions> = {}): CliOptions => ({ config: lab.status().config, ...extra });
  const exec = (words: string[], extra: Partial<CliOptions> = {}): Promise<CliRun> =>
    pictl(["exec", ...words], options(extra));
  const json = async (words: string[], extra: Partial<CliOptions> = {}) => {
    const { code, stdout } = await exec([...words, "--json"], extra);
    const document = JSON.parse(stdout) as JsonDocument & { result: { nodes: ExecRow[] } };
    expect(code).toBe(document.exitCode);
    return document;
  };
  const sorted = (text: string): string[] => text.trimEnd().split("\n").sort();

  test("prefixed lines, stderr apart, and the worst exit code", async () => {
    const run = await exec(['hostname; echo oops >&2; printf "no newline"; exit $(hostname | tr -d n)']);
    expect(sorted(run.stdout)).toEqual([1, 2, 3].flatMap((n) => [`n${n} | n${n}`, `n${n} | no newline`]));
    expect(sorted(run.stderr)).toEqual([
      ...[1, 2, 3].map((n) => `n${n} ! oops`),
      ...[1, 2, 3].map((n) => `✗ n${n}: The command ended with exit code ${n}.`),
    ]);
    expect(run.code).toBe(3);
  });

  test("words are a program and its arguments, exactly; one string is a shell line", async () => {
    const words = ["a b", "$(id)", "it's", "", "*", "-n", "ü"];
    const run = await exec(["--node", "n1", "--no-prefix", "--", "printf", "<%s>", ...words]);
    expect(run.stdout).toBe(words.map((word) => `<${word}>`).join(""));
    expect((await exec(["-n", "n1", "echo a | tr a b"])).stdout).toBe("n1 | b\n");
  });

  test("--json", async () => {
    const document = await json(["--node", "n[ab]", "--node", "n3", "echo out; echo err >&2; exit 255"]).catch(
      (error: unknown) => error,
    );
    // `n[ab]` is no range of numbers: a name that fits nothing is refused and nothing is run.
    expect(document).toMatchObject({ ok: false, exitCode: 2, result: null, failures: [{ code: "unknown-node" }] });
    expect(await json(["--node", "n?", "--node", "n1", "echo out; echo err >&2; exit 255"])).toEqual({
      ok: false,
      exitCode: 255,
      result: {
        nodes: ["n1", "n2", "n3"].map((node) => ({
          node,
          status: "failed",
          code: 255,
          stdout: "out\n",
          stderr: "err\n",
          truncated: false,
          durationMs: expect.any(Number) as number,
        })),
      },
      failures: ["n1", "n2", "n3"].map((node) => ({
        code: "command-failed",
        message: "The command ended with exit code 255.",
        node,
      })),
    });
  });

  test("--fold puts nodes together that said the same", async () => {
    const run = await exec(["--fold", '[ "$(hostname)" = n2 ] && { echo other >&2; exit 4; }; echo same']);
    expect(run.stdout).toBe("── n[1,3] (2 nodes): exit code 0\nsame\n── n2: exit code 4\n! other\n");
    expect(run.code).toBe(4);
  });

  test("stdin goes to all nodes, byte by byte", async () => {
    const stdin = Buffer.alloc(3_000_000, "\0\xff\n\r x", "latin1");
    const sums = await json(["cksum"], { stdin });
    expect(new Set(sums.result.nodes.map((row) => row.stdout))).toEqual(new Set([sums.result.nodes[0]?.stdout]));
    expect(sums.result.nodes[0]?.stdout).toMatch(/^\d+ 3000000\n$/);
    expect((await json(["cat", "--no-stdin"], { stdin: "unread" })).result.nodes.map((row) => row.stdout)).toEqual([
      "",
      "",
      "",
    ]);
  });

  test("--script", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pictl-exec-"));
    try {
      const script = join(folder, "fix it.sh");
      await writeFile(script, '#!/bin/sh -e\necho "${0##*/} $(hostname) $1"\ncat\nfalse\necho never\n');
      const run = await exec(["--script", script, "--", "--two words"], { stdin: "input\n" });
      expect(sorted(run.stdout)).toEqual(
        [1, 2, 3].flatMap((n) => [`n${n} | fix it.sh n${n} --two words`, `n${n} | input`]),
      );
      expect(run.code).toBe(1);
      expect(await lab.inside("n1", "ls /tmp")).toBe("");
      const missing = await exec(["--script", join(folder, "none")]);
      expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("does not exist") as string });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("on a terminal, remote control sequences are shown and not sent; in a pipe bytes pass", async () => {
    const command = ["--node", "n1", 'printf "\\033]0;owned\\007\\r\\n"'];
    expect((await exec(command, { terminal: true })).stdout).toContain("n1 | \\x1b]0;owned\\x07\r\n");
    expect((await exec(command)).stdout).toBe("n1 | \u001b]0;owned\u0007\r\n");
  });

  test("a line of 100 MB is cut, and says so", async () => {
    const run = await exec(["--node", "n1", 'head -c 100000000 /dev/zero | tr "\\0" a; echo; echo next']);
    expect(run.stdout).toMatch(/^n1 \| a{1048576} \[98951424 bytes cut\]\nn1 \| next\n$/);
  });

  test("--timeout ends the command on the node", async () => {
    const run = await exec(["--timeout", "5", "echo begun; sleep 4801"]);
    expect(sorted(run.stdout)).toEqual(["n1 | begun", "n2 | begun", "n3 | begun"]);
    expect(run.stderr).toContain("n1, n2, n3: The command did not end within 5 s.");
    expect(run.code).toBe(1);
    await gone("sleep 4801");
  });

  test("Ctrl-C stops the command on every node, and says so", async () => {
    const line = '[ "$(hostname)" = n2 ] && exit; until [ -e /run/go ]; do sleep 0.05; done; echo begun; sleep 4802';
    const running = startPictl(["exec", `echo here; ${line}`], options());
    const says = (node: string, what: string) =>
      expect.poll(running.said, { timeout: 20_000 }).toContain(`${node} | ${what}`);
    await says("n2", "here");
    await lab.inside("n2", "while pgrep -f '[s]leep 4802' >/dev/null; do sleep 0.05; done");
    await Promise.all(["n1", "n3"].map((node) => lab.inside(node, "touch /run/go")));
    await Promise.all(["n1", "n3"].map((node) => says(node, "begun")));
    running.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Finished before the interruption: n2.");
    expect(stderr).toContain("n1, n3: The command was stopped");
    await gone("sleep 4802");
  });

  test("every exec is in the event log", async () => {
    await exec(["--node", "n1", "true"]);
    const { stdout } = await pictl(["log", "--tail", "1", "--type", "command", "--json"], options());
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      result: {
        events: [{ type: "command.executed", after: { command: "true", ok: 1, failed: 0 }, cause: "pictl exec" }],
      },
    });
  });

  test("as a job its lines come while it runs, its events name it, and cancelling it ends it on the nodes", async () => {
    const context = await quietContext(lab.status().config, "pictl tui");
    onTestFinished(() => context.close());
    const jobs = openJobs({ cluster: context, newId: () => "j1", onBug: () => undefined });
    const said = new Set<string>();
    const begun = new Promise<void>((resolve) => {
      jobs.watch((change) => {
        if (change.kind !== "row") return;
        said.add(JSON.stringify(change.row));
        if (said.size === 2) resolve();
      });
    });
    const line = { command: ["echo begun; exec sleep 4803"], node: ["n1", "n2"] };
    const operation = operationOf("command.exec");
    if (!operation) throw new Error("there is no command.exec");
    const { ended } = jobs.start(operation, line, { caller: { who: "alice@here", face: "tui" } });
    await begun;
    expect([...said].sort()).toEqual(
      ["n1", "n2"].map((node) => JSON.stringify({ node, stream: "stdout", line: "begun" })),
    );
    expect(jobs.cancel("j1", "bob@here")).toBe(true);
    await ended;
    expect(jobs.get("j1")).toMatchObject({
      state: "cancelled",
      command: "pictl exec 'echo begun; exec sleep 4803' --node n1 --node n2",
      report: { result: { nodes: [{ status: "stopped", stdout: "begun\n" }, { status: "stopped" }] } },
    });
    await gone("sleep 4803");
    const { stdout } = await pictl(["log", "--tail", "2", "--json"], options());
    expect((JSON.parse(stdout) as { result: object }).result).toMatchObject({
      events: [
        { type: "command.executed", who: "alice@here", face: "tui", job: "j1", cause: "pictl exec" },
        { type: "job.failed", who: "alice@here", face: "tui", job: "j1", after: { operation: "command.exec" } },
      ],
    });
  });

  test("a node that is cut off is a failure of its own, and the others go on", async () => {
    await lab.kill("n3");
    const document = await json(["exit 255"]);
    expect(document.result.nodes.map(({ node, status, code }) => [node, status, code])).toEqual([
      ["n1", "failed", 255],
      ["n2", "failed", 255],
      ["n3", "unreached", null],
    ]);
    expect(document.failures.map(({ node, code }) => [node, code])).toContainEqual(["n3", "node-unreachable"]);
  });

  async function gone(what: string): Promise<void> {
    for (const node of ["n1", "n2", "n3"]) {
      await expect.poll(() => lab.inside(node, `pgrep -f '^${what}' || true`), { timeout: 10_000 }).toBe("");
    }
  }
});
