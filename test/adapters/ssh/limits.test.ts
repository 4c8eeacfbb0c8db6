import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { stopForMany } from "../../../src/abort.ts";
import { line, words } from "../../../src/domain/shell.ts";
import { addLogin, type Login } from "../../support/login.ts";
import { openTestNodes, rejection, started, stdoutOf } from "../../support/ssh.ts";
import { startSshd, whyNoSshd } from "../../support/sshd.ts";

describe.skipIf(whyNoSshd)(`sshd's limits${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 60_000 }, () => {
  let login: Login;
  beforeAll(async () => {
    login = await addLogin();
  });
  afterAll(() => login.remove());

  test.each([1, 3, 10])("MaxSessions %i: commands wait for their turn, without a word of Node's", async (sessions) => {
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const sshd = await started(startSshd({ config: [`MaxSessions ${sessions}`] }));
    const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
    const numbers = Array.from({ length: 24 }, (_, i) => `${i}\n`);
    const outputs = await Promise.all(numbers.map((number) => stdoutOf(connection.run(words("printf", "%s", number)))));
    expect(outputs).toEqual(numbers);
    expect(warnings).toEqual([]);
  });

  test("RekeyLimit: new keys in the middle of a stream cost no byte of it, in either direction", async () => {
    const sshd = await started(startSshd({ config: ["RekeyLimit 1M"] }));
    const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
    const [sent, received] = [createHash("sha256"), createHash("sha256")];
    const chunk = Buffer.alloc(1 << 18);
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 80; i++) {
        sent.update(randomFillSync(chunk));
        yield chunk;
      }
    }
    const onStdout = (data: Uint8Array): void => void received.update(data);
    expect(await connection.run(words("cat"), { stdin: source(), onStdout })).toMatchObject({ status: "ok" });
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    expect(await stdoutOf(connection.run(words("echo", "on")))).toBe("on\n");
  });

  test.each(["root", "another user"])(
    "MaxSessions 1, as %s: what never gets a turn is told that nothing was done",
    async (who) => {
      const sshd = await started(startSshd({ config: ["MaxSessions 1"] }));
      const connection = await openTestNodes().connect(sshd.node("n1", { user: who === "root" ? "root" : login.name }));
      const stop = new AbortController();
      const begun = new Promise<void>((resolve) => {
        void connection
          .run(line("echo begun; sleep 20"), {
            signal: stop.signal,
            onStdout: () => {
              resolve();
            },
          })
          .catch(() => undefined);
      });
      await begun;
      await stdoutOf(connection.run(words("true"), { timeoutMs: 100 })).catch(() => undefined);
      const error = await rejection(connection.run(words("true"), { timeoutMs: 300 }), "timeout");
      expect(error.message).toMatch(/^The command on n1 was not started within \d+\.\d+ s: the connection was busy\.$/);
      stop.abort();
      expect(await stdoutOf(connection.run(words("echo", "free again")))).toBe("free again\n");
    },
  );

  test.each([1, 2, 4, 10])(
    "MaxSessions %i: twenty who hold a command open while they run another get on",
    async (sessions) => {
      const sshd = await started(startSshd({ config: [`MaxSessions ${sessions}`] }));
      const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
      const numbers = Array.from({ length: 20 }, (_, i) => `${i}\n`);
      const outputs = await Promise.all(
        numbers.map(async (number) => {
          const held = await connection.pipe(words("cat"), { held: true });
          const output = await stdoutOf(connection.run(words("printf", "%s", number), { timeoutMs: 10_000 }));
          held.resume().end();
          return output;
        }),
      );
      expect(outputs).toEqual(numbers);
    },
  );

  test.each([
    [1, 21],
    [2, 12],
    [4, 9],
    [10, 9],
  ])(
    "MaxSessions %i: twenty that last run at once by %i logins at most, and commands get on",
    async (sessions, logins) => {
      const sshd = await started(startSshd({ config: [`MaxSessions ${sessions}`] }));
      const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
      const numbers = Array.from({ length: 20 }, (_, i) => `${i}\n`);
      const echoes = await Promise.all(
        numbers.map(async (number) => {
          const lasting = await connection.pipe(words("cat"), { lasting: true });
          lasting.write(number);
          return { lasting, said: String((await once(lasting, "data"))[0]) };
        }),
      );
      expect(echoes.map(({ said }) => said)).toEqual(numbers);
      expect(await stdoutOf(connection.run(words("echo", "here"), { timeoutMs: 10_000 }))).toBe("here\n");
      // A connection that is opened for those who find no room here takes as many of them as it can.
      expect((await sshd.log()).match(/Accepted publickey/g)?.length).toBeLessThanOrEqual(logins);
      for (const { lasting } of echoes) lasting.destroy();
      const again = await connection.pipe(words("echo", "again"), { lasting: true });
      expect(String((await once(again, "data"))[0])).toBe("again\n");
    },
  );

  test("a short look waits for none of thirty that take long", async () => {
    const sshd = await started(startSshd());
    const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
    const stop = stopForMany();
    const slow = Array.from({ length: 30 }, () => connection.run(words("sleep", "60"), { signal: stop.signal }));
    const ended = Promise.allSettled(slow);
    const startedAt = performance.now();
    expect(await stdoutOf(connection.run(words("echo", "here"), { ahead: true }))).toBe("here\n");
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    stop.abort();
    await ended;
  });

  test("MaxSessions 0: an error that says so", async () => {
    const sshd = await started(startSshd({ config: ["MaxSessions 0"] }));
    const connection = await openTestNodes().connect(sshd.node("n1", { user: login.name }));
    const error = await rejection(connection.run(words("true")), "connection-lost");
    expect(error.hint).toContain("MaxSessions");
  });

  test("MaxStartups 2:50:3: forty connections at once all succeed", async () => {
    const sshd = await started(startSshd({ config: ["MaxStartups 2:50:3"] }));
    const nodes = openTestNodes();
    const outputs = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const connection = await nodes.connect(sshd.node(`n${i}`, { user: login.name, connectTimeoutMs: 20_000 }));
        return stdoutOf(connection.run(words("echo", String(i))));
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 40 }, (_, i) => `${i}\n`));
    // Not by luck: some were dropped.
    expect(await sshd.log()).toMatch(/drop|MaxStartups/i);
  });
});
