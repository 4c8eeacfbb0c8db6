import { PictlError } from "../../domain/errors.ts";
import { firstPulseCommand, parsePulse, type Pulse, pulseCommand } from "../../domain/node/pulse.ts";
import { nodeUseBetween } from "../../domain/node/usage.ts";
import type { LiveNodeUse } from "../model.ts";
import type { Bell } from "./bell.ts";
import { type NodeFeed, spread } from "./feed.ts";

const everyMs = 5000;
/** What a healthy node takes milliseconds for. */
const timeoutMs = 5000;
/** Ten times what a node with a hundred addresses and sensors says. */
const longestAnswer = 256 << 10;

/**
 * Asks the node again and again how it is, and tells. `onPulse` is called after each; the bell asks at once. Rejects when it
 * does not answer, and when the signal aborts.
 */
export async function takePulses(feed: NodeFeed, bell: Bell, onPulse: () => void): Promise<void> {
  const { ports, board, node } = feed;
  const { signal, clock } = ports;
  let before: (Pulse & { readonly atMs: number }) | undefined;
  for (;;) {
    const pulse = { ...(await askOnce(feed, before)), atMs: clock.monotonic() };
    const vips = board.current().config.config.vips.flatMap(({ ip }) => {
      const seconds = pulse.addresses.get(ip);
      return seconds === undefined ? [] : [[ip, seconds] as const];
    });
    const use = before ? useBetween(before, pulse) : null;
    board.tell({
      kind: "node-answered",
      node: node.name,
      probe: pulse.probe,
      use,
      vips: new Map(vips),
      atMs: clock.now(),
    });
    onPulse();
    // Two of them tell what is used; the second one need not be late.
    await bell.wait(before ? spread(feed, everyMs) : 1000, signal);
    signal.throwIfAborted();
    before = pulse;
  }
}

async function askOnce({ ports, node }: NodeFeed, before: Pulse | undefined): Promise<Pulse> {
  const { signal } = ports;
  const connection = await ports.nodes.connect(node, signal);
  let bytes = 0;
  const outcome = await connection.run(before ? pulseCommand : firstPulseCommand, {
    timeoutMs,
    maxOutputBytes: longestAnswer,
    ahead: true,
    signal,
    onStdout: (chunk) => {
      bytes += chunk.length;
      if (bytes > longestAnswer) throw floods();
    },
  });
  if (outcome.status !== "unknown") return parsePulse(outcome.stdout, before);
  const seconds = String(timeoutMs / 1000);
  throw new PictlError("timeout", `The node did not say within ${seconds} s how it is.`, {
    hint: `It, or the line to it, is stuck or very slow; \`pictl doctor ${node.name}\` tells more.`,
  });
}

function floods(): PictlError {
  return new PictlError("command-failed", "The node sends much more than it was asked for.", {
    hint: "Look at what its login shell prints before it runs a command.",
  });
}

function useBetween(before: Pulse & { readonly atMs: number }, after: Pulse & { readonly atMs: number }): LiveNodeUse {
  const { cpuPercent, memoryBytes, memoryLimitBytes } = nodeUseBetween(before.sample, after.sample);
  const rate = (name: "networkRxBytes" | "networkTxBytes"): number | null => {
    const [first, second] = [before.sample[name], after.sample[name]];
    const ms = after.atMs - before.atMs;
    return first === null || second === null || second < first || ms <= 0 ? null : ((second - first) / ms) * 1000;
  };
  return {
    cpuPercent,
    memoryBytes,
    memoryLimitBytes,
    networkRxBytesPerSecond: rate("networkRxBytes"),
    networkTxBytesPerSecond: rate("networkTxBytes"),
    temperatureCelsius: after.temperatureCelsius,
  };
}
