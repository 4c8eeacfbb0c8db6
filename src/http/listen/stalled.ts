import type { Server, Socket } from "node:net";

/**
 * Cuts clients that take nothing of what waits for them, since it waits in our memory. Covers answers, streams and
 * WebSockets alike; one for whom nothing waits may be quiet for ever. Returns what ends the watch.
 */
export function watchStalled(server: Server, patienceMs: number): () => void {
  const sockets = new Map<Socket, { taken: number; since: number }>();
  server.on("connection", (socket: Socket) => {
    sockets.set(socket, { taken: 0, since: performance.now() });
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(
    () => {
      const now = performance.now();
      for (const [socket, seen] of sockets) {
        const taken = socket.bytesWritten - socket.writableLength;
        if (socket.writableLength === 0 || taken !== seen.taken) sockets.set(socket, { taken, since: now });
        else if (now - seen.since >= patienceMs) socket.destroy();
      }
    },
    Math.min(patienceMs / 4, 5000),
  );
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
