/** What is told of a server that cannot be reached or is no SSH server, and at which stage: the sentence and the retry follow from it. */
import { createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { AttemptFailed, awaitBanner, boundLookups, dial } from "../../../../src/adapters/ssh/connect/dial.ts";
import type { SshTarget } from "../../../../src/domain/ssh/config/target.ts";

/** A port that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const failureOf = (error: unknown): unknown =>
  error instanceof AttemptFailed ? [error.stage, error.code, error.detail] : error;

describe("dialling", () => {
  const dialled = async (host: string, port: number, family?: 4 | 6) => {
    const stages: string[] = [];
    const target = { host, port, ...(family === undefined ? {} : { family }) } as SshTarget;
    const failed = await dial(target, new AbortController().signal, (stage) => stages.push(stage)).then(
      (socket) => {
        socket.destroy();
        return "connected";
      },
      (error: unknown) => (error instanceof AttemptFailed ? [error.stage, error.code] : error),
    );
    return { stages, failed };
  };

  test("nobody listens there: an address is not looked up, a name is", async () => {
    const port = await closedPort();
    expect(await dialled("127.0.0.1", port)).toEqual({ stages: ["connect"], failed: ["connect", "ECONNREFUSED"] });
    expect(await dialled("localhost", port, 4)).toEqual({
      stages: ["resolve", "connect"],
      failed: ["connect", "ECONNREFUSED"],
    });
  });

  test("a name that does not resolve is told as that, and not as a host that refuses", async () => {
    const { stages, failed } = await dialled("no-such-host.invalid", 22);
    expect([stages, Array.isArray(failed) && (failed[0] as unknown)]).toEqual([["resolve"], "resolve"]);
  });

  test("somebody does", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await dialled("127.0.0.1", port)).toEqual({ stages: ["connect"], failed: "connected" });
    const given = new AbortController();
    given.abort(new Error("the user has given up"));
    await expect(dial({ host: "127.0.0.1", port } as SshTarget, given.signal, () => undefined)).rejects.toThrow(
      "given up",
    );
  });

  test.each([
    [10_000, undefined],
    [9_000, "timeout:4 attempts:2"],
    [2_000, "timeout:1 attempts:2"],
    [1_500, "timeout:1 attempts:1"],
  ])("a lookup within %i ms: %s", (ms, options) => {
    const before = process.env["RES_OPTIONS"];
    delete process.env["RES_OPTIONS"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["RES_OPTIONS"];
      else process.env["RES_OPTIONS"] = before;
    });
    boundLookups(ms);
    expect(process.env["RES_OPTIONS"]).toBe(options);
    process.env["RES_OPTIONS"] = "timeout:7";
    boundLookups(ms);
    expect(process.env["RES_OPTIONS"]).toBe("timeout:7");
  });
});

describe("who answers", () => {
  /** What came of it, and what is left in the stream for the handshake. */
  const heard = async (talk: (server: PassThrough, abort: AbortController) => void): Promise<unknown> => {
    const stream = new PassThrough();
    const abort = new AbortController();
    const waiting = awaitBanner(stream, abort.signal);
    talk(stream, abort);
    return waiting.then(
      () => {
        const left = String(stream.read());
        stream.destroy();
        return left;
      },
      (error: unknown) => {
        expect(stream.destroyed).toBe(true);
        return failureOf(error);
      },
    );
  };
  const lost = (code: string) => Object.assign(new Error("what the system says"), { code });

  test.each<readonly [name: string, talk: Parameters<typeof heard>[0], unknown]>([
    ["an SSH server", (s) => s.write("SSH-2.0-x\r\nrest"), "SSH-2.0-x\r\nrest"],
    [
      "one that says something before, and comes in pieces",
      (s) => {
        for (const piece of ["wel", "come\n", "SSH-2", ".0-x", "\r\n"]) s.write(piece);
      },
      "welcome\nSSH-2.0-x\r\n",
    ],
    ["one that goes at once", (s) => s.end(), ["banner", "DROPPED", ""]],
    ["one that goes in the middle", (s) => s.end("SSH-2.0"), ["banner", "DROPPED", "SSH-2.0"]],
    [
      "one that says why it goes",
      (s) => s.end("Not allowed\u0000at this time\r\n"),
      ["banner", "PENALTY", "Not allowed at this time"],
    ],
    ["one that resets", (s) => s.destroy(lost("ECONNRESET")), ["banner", "DROPPED", ""]],
    ["one whose pipe breaks", (s) => s.destroy(lost("EPIPE")), ["banner", "DROPPED", ""]],
    ["another error", (s) => s.destroy(lost("EHOSTUNREACH")), ["banner", "EHOSTUNREACH", "what the system says"]],
    [
      "something that talks on and on",
      (s) => s.write(`HTTP/1.1 400 Bad Request\n${"x".repeat(70_000)}`),
      ["banner", "ERROR", "what listens there does not speak SSH"],
    ],
    [
      "nobody, until we have enough",
      (_s, abort) => {
        abort.abort(new Error("enough"));
      },
      new Error("enough"),
    ],
  ])("%s", async (_name, talk, told) => {
    expect(await heard(talk)).toEqual(told);
  });
});
