import { chmod, copyFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { line, words } from "../../../src/domain/shell.ts";
import { addLogin } from "../../support/login.ts";
import { openTestNodes, rejection, started, stdoutOf, throughProxy } from "../../support/ssh.ts";
import { freePort, keygen, startSshd, whyNoSshd, type Sshd } from "../../support/sshd.ts";
import { startProxy } from "../../support/tcp-proxy.ts";

describe.skipIf(whyNoSshd)(`connecting${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test("one connection serves concurrent and repeated calls, and a new one follows a lost one", async () => {
    const proxy = await started(startProxy({ target: sshd.port }));
    const node = await throughProxy(sshd, proxy.port);
    const nodes = openTestNodes();
    const [first, second] = await Promise.all([nodes.connect(node), nodes.connect(node)]);
    expect(first).toBe(second);
    expect(await nodes.connect(node)).toBe(first);
    expect(proxy.accepted).toBe(1);

    proxy.cut();
    const lost = await first.run(words("true")).catch((error: unknown) => error);
    expect(lost).toMatchObject({ code: expect.stringMatching("connection-lost") as string });
    expect(await stdoutOf((await nodes.connect(node)).run(words("echo", "again")))).toBe("again\n");
    expect(proxy.accepted).toBe(2);
  });

  test("what nobody uses any more is closed, but for what something runs on; who comes again has it again", async () => {
    const proxy = await started(startProxy({ target: sshd.port }));
    const node = await throughProxy(sshd, proxy.port);
    const nodes = openTestNodes({ idleMs: 50 });
    const [viewer, run] = [nodes.use(), nodes.use()];
    const connection = await nodes.connect(node);
    const sleeping = connection.run(words("sleep", "0.6"));
    viewer();
    viewer();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(proxy.open).toBe(1);
    run();
    // Long idle, but the command still runs: it comes to its end, and the connection stays.
    expect((await sleeping).code).toBe(0);
    expect(await nodes.connect(node)).toBe(connection);
    nodes.use()();
    await expect.poll(() => proxy.open).toBe(0);
    expect(await stdoutOf((await nodes.connect(node)).run(words("echo", "again")))).toBe("again\n");
    expect(proxy.accepted).toBe(2);
  });

  test("a port nobody listens on", async () => {
    const port = await freePort();
    const error = await rejection(openTestNodes().connect(sshd.node("n1", { port })), "node-unreachable");
    expect(error.message).toBe(
      `127.0.0.1:${port} refused the connection: the host is there, and no sshd listens on that port.`,
    );
    expect(error.node).toBe("n1");
  });

  test("a name that does not resolve", async () => {
    const error = await rejection(
      openTestNodes().connect({ ...sshd.node("n1"), address: "no-such-host.invalid" }),
      "node-unreachable",
    );
    expect(error.message).toMatch(/^The name of no-such-host\.invalid:\d+ (does not resolve|could not be looked up)/);
  });

  test("something that accepts and says nothing", async () => {
    const proxy = await started(startProxy({ target: 0 }));
    const startedAt = performance.now();
    const error = await rejection(
      openTestNodes().connect(sshd.node("n1", { port: proxy.port, connectTimeoutMs: 3_000 })),
      "node-unreachable",
    );
    // A busy machine takes a part of it to connect.
    expect(error.message).toMatch(/accepted the connection and sent no SSH greeting within \d+(\.\d)? s/);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  test("something that is not SSH", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(
      () =>
        new Promise((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    );
    const { port } = server.address() as AddressInfo;
    const error = await rejection(
      openTestNodes().connect(sshd.node("n1", { port, connectTimeoutMs: 3_000 })),
      "node-unreachable",
    );
    expect(error.message).toContain('waiting for sshd\'s greeting ("HTTP/1.1 400 Bad Request")');
  });

  test("a peer that hangs up is told as that, also when the deadline cuts off the last attempt", async () => {
    const dropsUntil = performance.now() + 2_000;
    const server = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      if (performance.now() < dropsUntil) socket.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const error = await rejection(
      openTestNodes().connect(sshd.node("n1", { port, connectTimeoutMs: 3_000 })),
      "node-unreachable",
    );
    expect(error.message).toContain("closed the connection while waiting for sshd's greeting");
  });

  test("a greeting that arrives byte by byte", async () => {
    const proxy = await started(startProxy({ target: sshd.port, dripMs: 1 }));
    const connection = await openTestNodes().connect(await throughProxy(sshd, proxy.port));
    expect(connection.node).toBe("n1");
  });

  test("a peer that stalls after the greeting", async () => {
    const proxy = await started(startProxy({ target: sshd.port, stallAfterServerBytes: 60 }));
    const node = await throughProxy(sshd, proxy.port, { connectTimeoutMs: 6_000 });
    const error = await rejection(openTestNodes().connect(node), "node-unreachable");
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ stopped answering while exchanging keys \(\d+(\.\d)? s\)\.$/);
  });

  test("a peer that resets the connection after the greeting", async () => {
    const proxy = await started(startProxy({ target: sshd.port, cutAfterServerBytes: 60 }));
    const node = await throughProxy(sshd, proxy.port, { connectTimeoutMs: 5_000 });
    const error = await rejection(openTestNodes().connect(node), "node-unreachable");
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ closed the connection while exchanging keys/);
  });

  test("a peer that stalls during authentication", async () => {
    const slow = await started(
      startSshd({
        config: ["AuthorizedKeysFile none", "AuthorizedKeysCommand /bin/sleep 15", "AuthorizedKeysCommandUser nobody"],
      }),
    );
    const error = await rejection(
      openTestNodes().connect(slow.node("n1", { connectTimeoutMs: 6_000 })),
      "node-unreachable",
    );
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ stopped answering while authenticating \(\d+(\.\d)? s\)\.$/);
  });

  test("a peer that closes during authentication", async () => {
    const hasty = await started(
      startSshd({
        config: [
          "LoginGraceTime 6",
          "AuthorizedKeysFile none",
          "AuthorizedKeysCommand /bin/sleep 15",
          "AuthorizedKeysCommandUser nobody",
        ],
      }),
    );
    const error = await rejection(openTestNodes().connect(hasty.node()), "node-unreachable");
    expect(error.message).toBe(`127.0.0.1:${hasty.port} closed the connection while authenticating.`);
  });

  test("a caller that gives up is told so, and does not take the others with it", async () => {
    const proxy = await started(startProxy({ target: 0 }));
    const nodes = openTestNodes();
    const node = sshd.node("n1", { port: proxy.port, connectTimeoutMs: 3_000 });
    const stop = new AbortController();
    const impatient = rejection(nodes.connect(node, stop.signal), "interrupted");
    const patient = rejection(nodes.connect(node), "node-unreachable");
    stop.abort();
    expect((await impatient).node).toBe("n1");
    await patient;
    expect(proxy.accepted).toBe(1);
  });

  test("a node that hangs does not delay another", async () => {
    const proxy = await started(startProxy({ target: 0 }));
    const nodes = openTestNodes({ maxHandshakes: 1 });
    const hanging = Array.from({ length: 20 }, (_, i) =>
      nodes.connect(sshd.node(`dead${i}`, { port: proxy.port })).catch(() => undefined),
    );
    const startedAt = performance.now();
    await nodes.connect(sshd.node("alive"));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await nodes.close();
    expect(await Promise.all(hanging)).toEqual(hanging.map(() => undefined));
  });

  describe("authentication", () => {
    test("a wrong key: says what was offered and what the server takes", async () => {
      const wrong = join(sshd.dir, "wrong");
      await keygen(wrong);
      const error = await rejection(openTestNodes().connect(sshd.node("n1", { identityFile: wrong })), "auth-failed");
      expect(error.message).toBe(
        `127.0.0.1:${sshd.port} refused the login of root. Offered: ${wrong}. The server takes: publickey.`,
      );
      expect(error.hint).toContain(`Install a key with \`ssh-copy-id -p ${sshd.port} root@127.0.0.1\`, or name`);
      expect((await sshd.log()).match(/Failed publickey for root/g)).toHaveLength(1);
    });

    test("a locked account", async () => {
      const login = await addLogin({ locked: true });
      onTestFinished(() => login.remove());
      const error = await rejection(openTestNodes().connect(sshd.node("n1", { user: login.name })), "auth-failed");
      expect(error.hint).toContain("a locked or expired account refuses every key");
    });

    test("a key file that others can read is ignored with a warning", async () => {
      const open = join(sshd.dir, "open_key");
      await copyFile(sshd.key, open);
      await chmod(open, 0o644);
      const nodes = openTestNodes();
      await rejection(nodes.connect(sshd.node("n1", { identityFile: open })), "auth-failed");
      expect(nodes.warnings).toEqual([
        `${open} is ignored: others can read it (mode 0644). Run \`chmod 600 ${open}\`.`,
      ]);
    });

    test("a key file that does not exist", async () => {
      const nodes = openTestNodes();
      const error = await rejection(nodes.connect(sshd.node("n1", { identityFile: "/no/such/key" })), "auth-failed");
      expect(error.hint).toContain("Make a key with `ssh-keygen -t ed25519`, install it with `ssh-copy-id ");
      expect(nodes.warnings).toEqual(["The identity file /no/such/key does not exist."]);
    });
  });

  test("close() ends connections that are open and those being made", async () => {
    const proxy = await started(startProxy({ target: 0 }));
    const nodes = openTestNodes();
    await nodes.connect(sshd.node("up"));
    const pending = rejection(nodes.connect(sshd.node("pending", { port: proxy.port })), "interrupted");
    await nodes.close();
    await pending;
    await expect.poll(async () => (await sshd.log()).includes("Disconnected from user root")).toBe(true);
    await rejection(nodes.connect(sshd.node("up")), "internal");
  });

  test("no timer and no socket is left behind", async () => {
    const resources = (): string[] =>
      process
        .getActiveResourcesInfo()
        .filter((name) => /TCP|Timeout/.test(name))
        .sort();
    const before = resources();
    const nodes = openTestNodes();
    const login = await addLogin();
    onTestFinished(() => login.remove());
    const connection = await nodes.connect(sshd.node("n1", { user: login.name, sudo: false }));
    for (let i = 0; i < 40; i++) await connection.run(line("true"));
    await nodes.close();
    expect(resources().length).toBeLessThanOrEqual(before.length);
  });
});
