import { createServer, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { network } from "../../../src/adapters/network/index.ts";

test("a check that is given up leaves no connection open at the service that it looked at", async () => {
  const open = new Set<Socket>();
  const seen: (number | undefined)[] = [];
  const server = createServer((socket) => {
    seen.push(socket.remotePort);
    open.add(socket.on("close", () => open.delete(socket)).resume());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const stop = new AbortController();
  const given = network.tcp("127.0.0.1", port, stop.signal);
  stop.abort(new Error("the user has given up"));
  await expect(given).rejects.toThrow("abort");
  // Whoever comes after it is taken in after it.
  const next = (await network.tcp("127.0.0.1", port, new AbortController().signal)) as Duplex & { localPort: number };
  onTestFinished(() => void next.destroy());
  await expect.poll(() => seen).toContain(next.localPort);
  await expect.poll(() => open.size).toBe(1);
});
