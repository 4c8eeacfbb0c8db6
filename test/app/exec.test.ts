import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openProgress } from "../fakes/progress.ts";
import { systemClock } from "../../src/adapters/clock/index.ts";
import { type ExecInput, type ExecPorts, execute } from "../../src/app/exec.ts";
import type { Connection, Nodes } from "../../src/app/ports.ts";
import type { NodeSpec } from "../../src/domain/config/types.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { addLogin, type Login } from "../support/login.ts";
import { openTestNodes } from "../support/ssh.ts";
import { freePort, startSshd, whyNoSshd, type Sshd } from "../support/sshd.ts";

describe.skipIf(whyNoSshd)(`exec${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  let login: Login;
  let dead: NodeSpec;
  beforeAll(async () => {
    [sshd, login] = await Promise.all([startSshd(), addLogin()]);
    dead = sshd.node("dead", { port: await freePort(), connectTimeoutMs: 2000 });
  });
  afterAll(async () => {
    await sshd.stop();
    await login.remove();
  });

  const nodes = (...names: string[]): NodeSpec[] => names.map((name) => sshd.node(name, { user: login.name }));

  function run(
    input: Partial<ExecInput> & Pick<ExecInput, "task">,
    signal = new AbortController().signal,
    tap = nothing,
    connect?: Nodes["connect"],
  ) {
    const events: PictlEvent[] = [];
    const real = openTestNodes();
    const ports: ExecPorts = {
      nodes: { ...real, connect: connect ?? (async (...args) => tapped(await real.connect(...args), tap)) },
      events: {
        cluster: "default",
        append: async (event) => void events.push(event),
        async *read() {},
      },
      // Of a machine that is up for long.
      clock: { ...systemClock, monotonic: () => systemClock.monotonic() + 3_600_000 },
      progress: openProgress(),
      signal,
      concurrency: 2,
      actor: { who: "root@here", cause: "pictl exec" },
    };
    const all = { nodes: nodes("n1"), sudo: false, timeoutMs: Infinity, dryRun: false, ...input };
    return execute(ports, all).then((report) => ({ ...report, rows: report.result.nodes, events }));
  }

  test("every node has a row in the order asked for, and there is one event", async () => {
    const report = await run({ nodes: nodes("n1", "n2", "n3"), task: { line: "echo out; echo err >&2; exit 3" } });
    expect(report.rows).toEqual(
      ["n1", "n2", "n3"].map((node) => ({
        node,
        status: "failed",
        code: 3,
        stdout: "out\n",
        stderr: "err\n",
        truncated: false,
        durationMs: expect.any(Number) as number,
      })),
    );
    expect(report.exitCode).toBe(3);
    expect(report.failures.map(({ code, node }) => [code, node])).toEqual([
      ["command-failed", "n1"],
      ["command-failed", "n2"],
      ["command-failed", "n3"],
    ]);
    expect(report.events).toEqual([
      expect.objectContaining({
        type: "command.executed",
        who: "root@here",
        cause: "pictl exec",
        after: { command: "echo out; echo err >&2; exit 3", ok: 0, failed: 3 },
      }),
    ]);
  });

  test("a remote 255 and a node that is not there are told apart", async () => {
    const report = await run({ nodes: [...nodes("n1"), dead], task: { line: "exit 255" } });
    expect(report.rows.map(({ node, status, code }) => [node, status, code])).toEqual([
      ["n1", "failed", 255],
      ["dead", "unreached", null],
    ]);
    expect(report.failures.map(({ code }) => code).sort()).toEqual(["command-failed", "node-unreachable"]);
    expect(report.exitCode).toBe(255);
    const good = await run({ nodes: [...nodes("n1"), dead], task: { line: "true" } });
    expect(good.exitCode).toBe(3);
    expect(good.events).toMatchObject([{ after: { ok: 1, failed: 1 } }]);
    for (const { durationMs } of [...good.rows, ...good.events]) expect(durationMs).toBeLessThan(30_000);
  });

  test("a command that kills itself, and one that takes too long", async () => {
    const killed = await run({ task: { line: "kill -9 $$" } });
    expect(killed.rows[0]).toMatchObject({ status: "killed", code: null });
    expect(killed.failures[0]?.message).toBe("The command was killed by SIGKILL.");
    const slow = await run({ task: { line: "echo begun; sleep 20" }, timeoutMs: 5_000 });
    expect(slow.rows[0]).toMatchObject({ status: "timeout", code: null, stdout: "begun\n" });
    expect(slow.failures[0]).toMatchObject({ code: "timeout", node: "n1" });
    expect(slow.exitCode).toBe(1);
  });

  test("what is shown live ends with its command, and is kept only for who asks for that", async () => {
    for (const keeps of [false, true]) {
      const told: string[] = [];
      const live = {
        ...{ keeps, end: (node: string) => void told.push(`${node} ends`) },
        write: (node: string, stream: string, chunk: Uint8Array) =>
          void told.push(`${node} ${stream} ${Buffer.from(chunk).toString("hex")}`),
      };
      // A byte order mark is the command's own.
      const { rows } = await run({ task: { line: "printf '\\357\\273\\277'" }, live });
      expect(told).toEqual(["n1 stdout efbbbf", "n1 ends"]);
      expect(rows[0]).toMatchObject({ status: "ok", stdout: keeps ? "\uFEFF" : "" });
    }
  });

  test("an interruption stops what runs, keeps what it said, and begins nothing more", async () => {
    const stop = new AbortController();
    const started = new Set<string>();
    const live = {
      write(node: string): void {
        started.add(node);
        if (started.size === 2) stop.abort(new PictlError("interrupted", "Interrupted."));
      },
      end: () => undefined,
    };
    const report = await run(
      { nodes: nodes("n1", "n2", "n3"), task: { line: "echo begun; sleep 20" }, live },
      stop.signal,
    );
    expect(report.rows.map(({ node, status }) => [node, status])).toEqual([
      ["n1", "stopped"],
      ["n2", "stopped"],
      ["n3", "unreached"],
    ]);
    expect(report.failures.map(({ code }) => code)).toEqual(["interrupted", "interrupted", "interrupted"]);
    expect(report.exitCode).toBe(130);
    expect(report.events[0]?.after).toMatchObject({ ok: 0, failed: 3 });
  });

  test("what was kept of a stopped command's output", async () => {
    const stop = new AbortController();
    const report = await run(
      { task: { line: "echo begun; cat; sleep 20" }, stdin: bytes("x\n") },
      stop.signal,
      (chunk) => {
        if (chunk.includes("x".charCodeAt(0))) stop.abort(new PictlError("interrupted", "Interrupted."));
      },
    );
    expect(report.rows[0]).toMatchObject({ status: "stopped", stdout: "begun\nx\n" });
  });

  describe("stdin", () => {
    test("goes to more nodes than are worked on at a time, whole", async () => {
      async function* megabytes(): AsyncGenerator<Uint8Array> {
        for (let count = 0; count < 160; count += 1) yield new Uint8Array(64 * 1024).fill(count);
      }
      const report = await run({
        nodes: nodes("n1", "n2", "n3", "n4", "n5"),
        task: { line: "cksum" },
        stdin: megabytes(),
      });
      expect(new Set(report.rows.map(({ stdout }) => stdout)).size).toBe(1);
      expect(report.rows[0]?.stdout).toMatch(/^\d+ 10485760\n$/);
    });

    test("a node that is not there, and one that reads nothing, hold up nobody", async () => {
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (let count = 0; count < 200; count += 1) yield new Uint8Array(64 * 1024);
      }
      const report = await run({
        nodes: [dead, ...nodes("n1", "n2")],
        task: { line: 'mkdir "$HOME/one" 2>/dev/null && exit 0; wc -c' },
        stdin: endless(),
      });
      expect(report.rows.map(({ status }) => status)).toEqual(["unreached", "ok", "ok"]);
      expect(report.rows.map(({ stdout }) => stdout.trim()).sort()).toEqual(["", "", "13107200"]);
    });

    test("that never ends does not keep a command that does", async () => {
      async function* silent(): AsyncGenerator<Uint8Array> {
        await new Promise(() => undefined);
        yield new Uint8Array();
      }
      expect((await run({ task: { line: "echo done" }, stdin: silent() })).rows[0]).toMatchObject({ stdout: "done\n" });
    });
  });

  test("of many nodes less is kept of each, so that all together fit into memory", async () => {
    const kept = async (count: number): Promise<readonly number[]> => {
      const said = Buffer.alloc(1024 * 1024, "x");
      const chatty = {
        run: async (_command, { onStdout } = {}) => {
          for (let times = 0; times < 2; times++) await onStdout?.(said);
          return { status: "ok", code: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 };
        },
      } as Partial<Connection> as Connection;
      const names = Array.from({ length: count }, (_, index) => `n${String(index)}`);
      const connect = (): Promise<Connection> => Promise.resolve(chatty);
      const { rows } = await run({ nodes: nodes(...names), task: { line: "" } }, undefined, nothing, connect);
      return [...new Set(rows.map(({ stdout }) => stdout.length))];
    };
    expect(await kept(1)).toEqual([1024 * 1024]);
    expect(await kept(128)).toEqual([256 * 1024]);
  });

  test("only the end of a flood is kept, whole characters", async () => {
    const report = await run({ task: { line: "yes é | head -c 6000000; echo end" } });
    const { stdout = "", truncated } = report.rows[0] ?? {};
    expect(truncated).toBe(true);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(1024 * 1024);
    expect(stdout).toMatch(/^é?\n(?:é\n)+end\n$/);
  });

  describe("a script", () => {
    const task = (text: string, args: readonly string[] = []) => ({
      script: { name: "fix.sh", content: new TextEncoder().encode(text), args },
    });

    test("runs with its arguments and its own stdin, and leaves nothing", async () => {
      const report = await run({
        task: task('#!/bin/sh\necho "$# $1"; cat; exit 4', ["a b"]),
        stdin: bytes("input\n"),
      });
      expect(report.rows[0]).toMatchObject({ code: 4, stdout: "1 a b\ninput\n" });
      expect(report.events[0]?.after).toEqual({
        script: "fix.sh",
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        ok: 0,
        failed: 1,
      });
      expect(await leftOver()).toEqual([]);
    });

    test("that is interrupted leaves nothing either", async () => {
      const stop = new AbortController();
      const live = {
        write: (): void => {
          stop.abort(new PictlError("interrupted", "Interrupted."));
        },
        end: () => undefined,
      };
      const report = await run({ task: task("echo begun; sleep 20"), live }, stop.signal);
      expect(report.rows[0]?.status).toBe("stopped");
      await expect.poll(leftOver).toEqual([]);
    });

    const leftOver = async (): Promise<string[]> =>
      (await readdir("/tmp")).filter((name) => /^pictl-[A-Za-z0-9]{10}$/.test(name));
  });

  test("a dry run runs nothing and records nothing", async () => {
    const report = await run({ nodes: [dead], task: { line: "rm -rf /" }, dryRun: true });
    expect(report).toMatchObject({
      failures: [],
      rows: [{ node: "dead", status: "planned", code: null, wouldRun: "rm -rf /" }],
    });
    expect(report.events).toEqual([]);
  });

  test("a command that begins with a space is recorded without its text", async () => {
    const report = await run({ task: { line: " echo secret >/dev/null" } });
    expect(JSON.stringify(report.events)).not.toContain("secret");
  });
});

function nothing(_chunk: Uint8Array): void {
  return;
}

/** The same connection, and `tap` sees its stdout. */
function tapped(connection: Connection, tap: (chunk: Uint8Array) => void): Connection {
  const run: Connection["run"] = (command, options) =>
    connection.run(command, {
      ...options,
      onStdout: (chunk) => {
        const taken = options?.onStdout?.(chunk);
        tap(chunk);
        return taken;
      },
    });
  return { ...connection, node: connection.node, run };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
