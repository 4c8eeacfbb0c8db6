import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Connection } from "../../../../src/app/ports.ts";
import { Secret } from "../../../../src/domain/secrets/secret.ts";
import { line, script, words } from "../../../../src/domain/shell.ts";
import { addLogin, type Login } from "../../../support/login.ts";
import { openTestNodes, rejection, started, stdoutOf, throughProxy } from "../../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../../support/sshd.ts";
import { startProxy } from "../../../support/tcp-proxy.ts";

describe.skipIf(whyNoSshd)(`running a command${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  let login: Login;
  let connection: Connection;
  beforeAll(async () => {
    [sshd, login] = await Promise.all([startSshd(), addLogin()]);
  });
  afterAll(async () => {
    await sshd.stop();
    await login.remove();
  });
  beforeEach(async () => {
    connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
  });

  /** Resolves when no process of the login runs this. */
  const gone = (what: string): Promise<void> =>
    expect.poll(async () => (await connection.run(words("pgrep", "-f", what))).stdout).toBe("");

  describe("a script with the question which Docker the login uses", () => {
    const sessions = async (): Promise<number> => (await sshd.log()).split("Starting session: command").length - 1;

    test("is answered by the same session, ahead of what it says itself", async () => {
      const before = await sessions();
      const running = connection.run(script('echo "$1"; echo err >&2; exit 7', "a b"), { asksDockerHost: true });
      expect(await connection.dockerHost()).toBe("unix:///var/run/docker.sock");
      expect(await running).toMatchObject({
        code: 7,
        stdout: "a b\n",
        stderr: "unix:///var/run/docker.sock\nerr\n",
      });
      expect((await sessions()) - before).toBe(1);
    });

    test("does not ask what is known already", async () => {
      await connection.dockerHost();
      const outcome = await connection.run(script("echo out"), { asksDockerHost: true });
      expect(outcome).toMatchObject({ code: 0, stdout: "out\n", stderr: "" });
    });

    test("which never begins to answer: the question is asked by itself", async () => {
      const stop = new AbortController();
      const running = connection.run(script("sleep 60"), { asksDockerHost: true, signal: stop.signal });
      stop.abort();
      await expect(running).rejects.toMatchObject({ code: "interrupted" });
      expect(await connection.dockerHost()).toBe("unix:///var/run/docker.sock");
    });
  });

  describe("outcome", () => {
    test("ok", async () => {
      expect(await connection.run(line("echo out; echo err >&2"))).toEqual({
        status: "ok",
        code: 0,
        stdout: "out\n",
        stderr: "err\n",
        truncated: false,
        durationMs: expect.any(Number) as number,
      });
    });

    test.each([1, 7, 127, 255])("failed with code %i", async (code) => {
      expect(await connection.run(words("sh", "-c", `exit ${code}`))).toMatchObject({ status: "failed", code });
    });

    test("unknown when the command was killed", async () => {
      expect(await connection.run(line("kill -KILL $$"))).toMatchObject({
        status: "unknown",
        code: null,
        reason: "killed",
        remoteSignal: "SIGKILL",
      });
    });

    test("unknown, with what came so far, when the connection is cut in mid-output", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const node = await throughProxy(sshd, proxy.port, { user: login.name });
      const cutOff = await openTestNodes().connect(node);
      const outcome = await cutOff.run(line("echo begun; sleep 20"), {
        onStdout: () => {
          proxy.cut();
        },
      });
      expect(outcome).toMatchObject({ status: "unknown", reason: "connection-lost", stdout: "begun\n" });
    });

    test("a code that arrives after both outputs have ended", async () => {
      expect(await connection.run(line("exec >&- 2>&-; sleep 0.3; exit 3"))).toMatchObject({
        status: "failed",
        code: 3,
      });
    });

    test("a command that leaves something running in the background is not waited for", async () => {
      const outcome = await connection.run(line("sleep 31 & echo left"));
      expect(outcome).toMatchObject({ status: "ok", stdout: "left\n" });
      expect(outcome.durationMs).toBeLessThan(20_000);
    });

    test("a NUL in a command is refused", async () => {
      expect((await rejection(connection.run(words("a\0b")), "usage")).node).toBe("n1");
    });
  });

  describe("stdin", () => {
    test.each([
      ["nothing: it ends at once", undefined, ""],
      ["text", "a\nb", "a\nb"],
      ["bytes", Uint8Array.of(97, 10), "a\n"],
      ["a secret", new Secret("hunter2"), "hunter2"],
    ])("%s", async (_what, stdin, expected) => {
      expect(await stdoutOf(connection.run(words("cat"), stdin === undefined ? {} : { stdin }))).toBe(expected);
    });

    test("a stream, as fast as the node takes it, from one buffer that is filled again and again", async () => {
      const hash = createHash("sha256");
      const buffer = Buffer.alloc(1 << 20);
      async function* source(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 50; i++) {
          const chunk = buffer.fill(randomBytes(1000)).subarray(0, buffer.length - i);
          hash.update(chunk);
          yield chunk;
        }
      }
      const sum = await stdoutOf(connection.run(line("sleep 0.2; sha256sum"), { stdin: source() }));
      expect(sum).toBe(`${hash.digest("hex")}  -\n`);
    });

    test("a stream that nobody reads to its end", async () => {
      let returned = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield Buffer.alloc(1 << 16);
        } finally {
          returned = true;
        }
      }
      expect(await connection.run(words("head", "-c", "3"), { stdin: endless() })).toMatchObject({ status: "ok" });
      await expect.poll(() => returned).toBe(true);
    });

    test("a stream that fails: half an input is not passed off as a whole one", async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.from("half");
        throw new Error("disk on fire");
      }
      const running = connection.run(line("cat > f; mv f whole"), { stdin: failing() });
      await expect(running).rejects.toThrow("disk on fire");
      expect(await stdoutOf(connection.run(words("ls")))).not.toContain("whole");
    });
  });

  describe("deadline", () => {
    test("a command that runs too long is ended on the node", async () => {
      const outcome = await connection.run(line("echo begun; sleep 4711; echo never"), { timeoutMs: 5_000 });
      expect(outcome).toMatchObject({ status: "unknown", code: null, reason: "timeout", stdout: "begun\n" });
      expect(outcome.durationMs).toBeLessThan(20_000);
      await gone("[s]leep 4711");
    });

    test("one that ignores TERM is killed after a grace", async () => {
      await connection.run(line("trap '' TERM; sleep 4712 & wait; sleep 4713"), { timeoutMs: 500 });
      await gone("sleep 471[23]");
    });

    test("on a node where commands begin slowly, closing waits until the command is gone", async () => {
      // Of a forced command sshd takes no request for a signal, as of root.
      const config = ['ForceCommand sleep 1; eval "$SSH_ORIGINAL_COMMAND"'];
      const slow = await started(startSshd({ config }));
      const nodes = openTestNodes();
      const begun = await nodes.connect(slow.node("n1", { user: login.name }));
      const outcome = await begun.run(line("echo begun; sleep 4719; echo never"), { timeoutMs: 8_000 });
      expect(outcome).toMatchObject({ status: "unknown", reason: "timeout", stdout: "begun\n" });
      await nodes.close();
      expect(await stdoutOf(connection.run(line("ps -e -o args=")))).not.toContain("sleep 4719");
    });

    test("a command is ended at once, on its own connection, though what was to end another one hung there", async () => {
      const delay = join(login.home, "delay");
      const delayed = (seconds: number): Promise<void> => writeFile(delay, `${seconds}\n`);
      await delayed(0);
      // Of a forced command sshd takes no request for a signal, as of root.
      const config = [`ForceCommand sleep "$(cat ${delay})"; eval "$SSH_ORIGINAL_COMMAND"`];
      const slow = await started(startSshd({ config }));
      const begun = (await openTestNodes().connect(slow.node("n1", { user: login.name }))) as Connection & {
        readonly busy: boolean;
      };
      const interrupted = async (what: string, meanwhile: () => Promise<void>): Promise<void> => {
        const stop = new AbortController();
        const onStdout = async (): Promise<void> => {
          await meanwhile();
          stop.abort();
        };
        await rejection(
          begun.run(line(`echo begun; exec sleep ${what}`), { signal: stop.signal, onStdout }),
          "interrupted",
        );
      };
      // These two end by themselves.
      await interrupted("12.5", () => delayed(10));
      // They are given up.
      await expect.poll(() => begun.busy).toBe(false);
      await delayed(0);
      await interrupted("4721", () => Promise.resolve());
      await gone("[s]leep 4721");
      expect((await slow.log()).match(/Accepted publickey/g)).toHaveLength(1);
    });

    test("a peer that falls silent before the command is sent", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const stalled = await openTestNodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
      proxy.stall();
      const outcome = await stalled.run(words("true"), { timeoutMs: 500 });
      expect(outcome).toMatchObject({ status: "unknown", reason: "timeout" });
      expect(outcome.durationMs).toBeLessThan(20_000);
      expect(await stalled.run(words("true"), { timeoutMs: 100 })).toMatchObject({ reason: "timeout" });
    });

    test("a peer that falls silent in mid-output", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const stalled = await openTestNodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
      const outcome = await stalled.run(line("echo begun; while :; do echo more; done"), {
        timeoutMs: 5_000,
        maxOutputBytes: 10,
        onStdout: (chunk) => {
          if (chunk.length > 10) proxy.stall();
        },
      });
      expect(outcome).toMatchObject({ status: "unknown", reason: "timeout", truncated: true });
    });

    test("a consumer that never takes the output", async () => {
      const outcome = await connection.run(line("yes"), {
        timeoutMs: 500,
        onStdout: () => new Promise(() => undefined),
      });
      expect(outcome).toMatchObject({ status: "unknown", reason: "timeout" });
    });

    test("a dead peer is noticed by keepalive, without any deadline", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const nodes = openTestNodes({ sshConfigFile: `${sshd.dir}/keepalive_config` });
      await writeFile(`${sshd.dir}/keepalive_config`, "Host *\n ServerAliveInterval 1\n ServerAliveCountMax 1\n");
      const stalled = await nodes.connect(await throughProxy(sshd, proxy.port, { user: login.name }));
      const outcome = await stalled.run(line("echo begun; sleep 100"), {
        timeoutMs: Infinity,
        onStdout: () => {
          proxy.stall();
        },
      });
      expect(outcome).toMatchObject({ status: "unknown", reason: "connection-lost", stdout: "begun\n" });
    });
  });

  describe("interruption", () => {
    test("a running command is ended on the node", async () => {
      const stop = new AbortController();
      const running = connection.run(line("echo begun; sleep 4714"), {
        signal: stop.signal,
        onStdout: () => {
          stop.abort();
        },
      });
      expect((await rejection(running, "interrupted")).node).toBe("n1");
      await gone("[s]leep 4714");
    });

    test("one that was given up before the node had answered does not talk on there for ever", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const slow = await openTestNodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
      await stdoutOf(slow.run(words("true")));
      proxy.stall();
      const running = slow.run(words("yes", "4722"), { signal: AbortSignal.timeout(100) });
      await rejection(running, "interrupted");
      proxy.resume();
      // What was sent after it is done after it.
      await stdoutOf(slow.run(words("true")));
      await gone("[y]es 4722");
    });

    test("one that is not sent yet never runs", async () => {
      await rejection(connection.run(words("touch", "ran"), { signal: AbortSignal.abort() }), "interrupted");
      expect(await stdoutOf(connection.run(words("ls")))).not.toContain("ran");
    });
  });

  test("one flooding node does not delay another", async () => {
    const nodes = openTestNodes();
    const flooding = await nodes.connect(sshd.node("flood", { user: login.name }));
    const quiet = await nodes.connect(sshd.node("quiet", { user: login.name }));
    const stop = new AbortController();
    const flood = flooding.run(line("yes"), { signal: stop.signal, timeoutMs: Infinity }).catch(() => undefined);
    const times: number[] = [];
    for (let i = 0; i < 10; i++) times.push((await quiet.run(words("true"))).durationMs);
    stop.abort();
    await flood;
    expect(times.sort((a, b) => a - b)[5]).toBeLessThan(3_000);
  });

  test("close() lets an interrupted command end in peace", async () => {
    const nodes = openTestNodes();
    const other = await nodes.connect(sshd.node("n1", { user: login.name }));
    const stop = new AbortController();
    const running = other.run(line(`trap 'sleep 0.3; touch peace; exit' TERM; echo begun; sleep 20 & wait`), {
      signal: stop.signal,
      onStdout: () => {
        stop.abort();
      },
    });
    await rejection(running, "interrupted");
    await nodes.close();
    expect(await stdoutOf(connection.run(words("ls")))).toContain("peace");
  });

  test("output that a callback cannot take ends the command", async () => {
    const running = connection.run(line("yes"), {
      onStdout: () => {
        throw new Error("broken pipe");
      },
    });
    await expect(running).rejects.toThrow("broken pipe");
  });
});
