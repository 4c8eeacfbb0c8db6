import type { Command } from "../../domain/shell.ts";
import type { Connection, Outcome, Ports } from "../ports.ts";
import { type DockerCommand, runDocker } from "./docker.ts";

/** So long docker may be silent beside what its work takes. */
const silenceMs = 30_000;

/** What a command is given beside the time that its work takes (`stopDeadlineMs`, `RunOptions.timeoutMs`). */
const marginMs = 60_000;

/**
 * Runs a docker command that somebody waits for, and says what is waited for when it takes 30 s more than its work should.
 * `usualMs`: what that is; missing: what its time limit leaves for it, such as a container's grace. Throws what `runDocker`
 * throws.
 */
export async function runDockerAloud(
  { clock, progress }: Pick<Ports, "clock" | "progress">,
  connection: Connection,
  command: Command,
  { usualMs, ...options }: DockerCommand & { readonly usualMs?: number },
): Promise<Outcome> {
  const { timeoutMs = marginMs } = options;
  const afterMs = (usualMs ?? Math.max(0, timeoutMs - marginMs)) + silenceMs;
  const ended = new AbortController();
  // What may take for ever is no wonder.
  if (Number.isFinite(afterMs)) {
    clock.sleep(afterMs, ended.signal).then(
      () => {
        progress.warn(silent(connection.node, { doing: options.doing, timeoutMs, afterMs }));
      },
      () => undefined,
    );
  }
  try {
    return await runDocker(connection, command, options);
  } finally {
    ended.abort();
  }
}

function silent(
  node: string,
  { doing, timeoutMs, afterMs }: { readonly doing: string; readonly timeoutMs: number; readonly afterMs: number },
): string {
  const bound = Number.isFinite(timeoutMs) ? `until ${inSeconds(timeoutMs)} are over` : "until it ends";
  return (
    `${node}: docker was asked to ${doing}, and has not answered for ${inSeconds(afterMs)}. It is waited for ${bound}. ` +
    `\`pgrep -a docker\` on ${node} shows whether it hangs there.`
  );
}

function inSeconds(ms: number): string {
  return `${String(Math.round(ms / 1000))} s`;
}
