import { fstatSync } from "node:fs";

/**
 * Our stdin, when somebody gave us one: a pipe, a file or a socket. Not a terminal, and not /dev/null, which is what
 * cron, systemd and most CI systems give. Nothing is read before it is iterated.
 */
export function givenStdin(): AsyncIterable<Uint8Array> | undefined {
  try {
    const kind = fstatSync(0);
    if (!kind.isFIFO() && !kind.isFile() && !kind.isSocket()) return undefined;
  } catch {
    // It is closed.
    return undefined;
  }
  return process.stdin as AsyncIterable<Uint8Array>;
}

/** Lets the process end although somebody may still hold the other end open. */
export function leaveStdin(): void {
  process.stdin.on("error", () => undefined);
  process.stdin.destroy();
}
