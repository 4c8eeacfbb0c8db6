import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../../../src/app/ports.ts";
import { line, words } from "../../../../src/domain/shell.ts";
import { addLogin, type Login } from "../../../support/login.ts";
import { openTestNodes, rejection, started, throughProxy } from "../../../support/ssh.ts";
import { startSshd, whyNoSshd, type Sshd } from "../../../support/sshd.ts";
import { startProxy } from "../../../support/tcp-proxy.ts";

describe.skipIf(whyNoSshd)(`streams${whyNoSshd ? ` (${whyNoSshd})` : ""}`, { timeout: 30_000 }, () => {
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

  const sha256 = async (source: AsyncIterable<Uint8Array>): Promise<string> => {
    const hash = createHash("sha256");
    for await (const chunk of source) hash.update(chunk);
    return hash.digest("hex");
  };

  describe("pipe", () => {
    test("20 MB there and back, unchanged", async () => {
      const bytes = randomBytes(20 << 20);
      const stream = await connection.pipe(words("cat"));
      const sent = pipeline(Readable.from([bytes.subarray(0, 7_000_000), bytes.subarray(7_000_000)]), stream);
      expect(await sha256(stream)).toBe(createHash("sha256").update(bytes).digest("hex"));
      await sent;
    });

    test("question and answer, while both sides stay open", async () => {
      const stream = await connection.pipe(line("while read -r word; do echo got $word; done"));
      for (const word of ["a", "b"]) {
        stream.write(`${word}\n`);
        const [answer] = (await once(stream, "data")) as [Buffer];
        expect(answer.toString()).toBe(`got ${word}\n`);
      }
      stream.end();
      await once(stream, "end");
    });

    test("a failing command: its stderr becomes the error", async () => {
      const stream = await connection.pipe(line("echo 'no such daemon' >&2; exit 4"));
      const error = await rejection(sha256(stream), "command-failed");
      expect(error.message).toBe("The command on n1 ended with code 4: no such daemon.");
    });

    test("one that is cut off says what to do", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const cut = await openTestNodes().connect(await throughProxy(sshd, proxy.port, { user: login.name }));
      const stream = await cut.pipe(line("echo half; exec sleep 60"));
      await once(stream, "readable");
      proxy.cut();
      expect(await rejection(sha256(stream), "connection-lost")).toMatchObject({
        message: "The command on n1 was cut off with its connection.",
        hint: "`pictl doctor n1` looks at the line and the node. When they are well, say it again.",
      });
    });

    test("destroying the stream ends the command", async () => {
      const stream = await connection.pipe(line("sleep 4716"));
      stream.destroy();
      await expect.poll(async () => (await connection.run(words("pgrep", "-f", "[s]leep 4716"))).stdout).toBe("");
    });

    test("an aborted signal does, too", async () => {
      const stop = new AbortController();
      const stream = await connection.pipe(words("cat"), { signal: stop.signal });
      stop.abort();
      await rejection(sha256(stream), "interrupted");
    });

    test("a login shell that runs nothing", async () => {
      const none = await addLogin({ shell: "/usr/sbin/nologin" });
      onTestFinished(() => none.remove());
      const other = await openTestNodes().connect(sshd.node("n1", { user: none.name }));
      await rejection(other.pipe(words("cat")), "shell-unusable");
    });

    test("a reader that takes its time keeps the node waiting", async () => {
      const stream = await connection.pipe(line("head -c 30000000 /dev/zero"));
      stream.once("readable", () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(stream.readableLength).toBeLessThan(1 << 20);
      let bytes = 0;
      for await (const chunk of stream) bytes += (chunk as Buffer).length;
      expect(bytes).toBe(30_000_000);
    });
  });

  describe("openSocket", () => {
    /** A unix socket on the node. */
    async function listen(name: string, onConnection: (socket: Socket) => void): Promise<string> {
      const path = join(login.home, name);
      const server = createServer((socket) => {
        onConnection(socket.on("error", () => undefined));
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      onTestFinished(
        () =>
          new Promise((resolve) =>
            server.close(() => {
              resolve();
            }),
          ),
      );
      await chmod(path, 0o666);
      return path;
    }

    test("talks to a unix socket on the node", async () => {
      const path = await listen("echo", (socket) => socket.pipe(socket));
      const streams = await Promise.all(Array.from({ length: 20 }, () => connection.openSocket(path)));
      for (const [i, stream] of streams.entries()) {
        stream.write(`hello ${i}`);
        const [echo] = (await once(stream, "data")) as [Buffer];
        expect(echo.toString()).toBe(`hello ${i}`);
        stream.end();
      }
    });

    test("one that is destroyed closes, read to its end or not", async () => {
      const path = await listen("chatty", (socket) => socket.write("x".repeat(100_000)));
      const [unread, paused] = [await connection.openSocket(path), await connection.openSocket(path)];
      await once(paused, "data");
      paused.pause();
      for (const stream of [unread, paused]) {
        const closed = once(stream, "close");
        stream.destroy();
        await closed;
      }
    });

    test("one whose connection is lost takes no more", async () => {
      const proxy = await started(startProxy({ target: sshd.port }));
      const path = await listen("waiting", (socket) => socket.pipe(socket));
      const node = await throughProxy(sshd, proxy.port, { user: login.name });
      const lost = await openTestNodes().connect(node);
      const stream = await lost.openSocket(path);
      stream.write("hello");
      await once(stream, "data");
      const opening = rejection(lost.openSocket(path), "connection-lost");
      proxy.cut();
      await once(stream, "close");
      expect(stream.writable).toBe(false);
      expect((await opening).message).toBe(`The connection to n1 ended before sshd had opened ${path}.`);
      await rejection(lost.openSocket(path), "connection-lost");
    });

    test("a socket that is not there", async () => {
      const error = await rejection(connection.openSocket("/no/such/socket"), "command-failed");
      expect(error.message).toContain("sshd on n1 does not open /no/such/socket");
    });

    test("an sshd that forwards nothing", async () => {
      const strict = await startSshd({ config: ["AllowStreamLocalForwarding no"] });
      onTestFinished(() => strict.stop());
      const other = await openTestNodes().connect(strict.node());
      await rejection(other.openSocket("/var/run/docker.sock"), "command-failed");
    });
  });
});
