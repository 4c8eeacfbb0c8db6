import type { ClientChannel, PseudoTtyOptions } from "ssh2";
import { abortable, pause } from "../../../abort.ts";
import type { RemoteTerminal, TerminalOptions } from "../../../app/ports.ts";
import { PictlError } from "../../../domain/errors.ts";
import { type Command, render } from "../../../domain/shell.ts";
import { discard } from "../connect/dial.ts";
import { onFirstWithRoom, type Session } from "../connect/session.ts";
import { Crowded } from "./channels.ts";
import { interrupted } from "./run.ts";

/** A probe's session may still be counted for a moment after its channel was closed (MaxSessions). */
const retries = 5;
/** What has ended and left something running that holds the terminal open is not waited for. */
const lingerMs = 1_000;

/**
 * `Connection.terminal`. The command stands in the login shell's line as it is: its words must mean the same in every
 * shell, bare or in single quotes. It lasts, so it may have a connection of its own.
 */
export function openTerminal(
  session: Session,
  command: Command | undefined,
  options: TerminalOptions,
): Promise<RemoteTerminal> {
  return onFirstWithRoom(session, options.signal, async (place) => {
    const letGo = place.channels.lastAtOnce();
    if (!letGo) throw new Crowded();
    try {
      const terminal = await openOn(place, command, options);
      void terminal.ended.then(letGo);
      return terminal;
    } catch (error) {
      letGo();
      throw error;
    }
  });
}

async function openOn(
  session: Session,
  command: Command | undefined,
  options: TerminalOptions,
): Promise<RemoteTerminal> {
  const { node } = session;
  const { signal, term, rows, columns } = options;
  const line = command && `exec ${render(command)}`;
  const pty = { term, rows, cols: columns, width: 0, height: 0 };
  for (let attempt = 1; ; attempt++) {
    try {
      return attach(await open(session, line, { pty, signal }), options);
    } catch (error) {
      if (signal.aborted) throw interrupted(node, signal);
      if (!(error instanceof Error && "reason" in error) || attempt > retries) throw notOpened(node, error);
      await pause(100 * attempt, signal).catch(() => {
        throw interrupted(node, signal);
      });
    }
  }
}

function open(
  { client }: Session,
  line: string | undefined,
  { pty, signal }: { readonly pty: PseudoTtyOptions; readonly signal: AbortSignal },
): Promise<ClientChannel> {
  const opening = new Promise<ClientChannel>((resolve, reject) => {
    const opened = (error: Error | undefined, channel: ClientChannel): void => {
      if (error) reject(error);
      else resolve(channel);
    };
    if (line === undefined) client.shell(pty, opened);
    else client.exec(line, { pty }, opened);
  });
  return abortable(opening, signal, discard);
}

/** One promise for all who wait. */
function drains(channel: ClientChannel): () => Promise<void> {
  let draining: Promise<void> | undefined;
  return () =>
    (draining ??= new Promise<void>((resolve) => {
      const end = (): void => {
        draining = undefined;
        channel.off("drain", end).off("close", end);
        resolve();
      };
      channel.once("drain", end).once("close", end);
    }));
}

function attach(channel: ClientChannel, { onOutput }: TerminalOptions): RemoteTerminal {
  let exit: { readonly code: number | null; readonly signal?: string } | undefined;
  const ended = new Promise<Awaited<RemoteTerminal["ended"]>>((resolve) => {
    const end = (): void => {
      resolve(exit ? { ...exit, lost: false } : { code: null, lost: true });
    };
    channel.on("exit", (code: number | null, signal?: string) => {
      exit = { code, ...(signal === undefined ? {} : { signal }) };
      setTimeout(end, lingerMs).unref();
    });
    channel.once("close", end);
  });
  channel.on("error", () => undefined);
  channel.on("data", (chunk: Buffer) => {
    const taken = onOutput(chunk);
    if (!taken) return;
    channel.pause();
    const goOn = (): void => void channel.resume();
    taken.then(goOn, goOn);
  });
  channel.stderr.resume();
  const drained = drains(channel);
  return {
    ended,
    write: (bytes) => (channel.writable && !channel.write(bytes) ? drained() : undefined),
    resize: ({ rows, columns }) => {
      if (channel.writable) channel.setWindow(rows, columns, 0, 0);
    },
    hangUp: () => {
      discard(channel);
    },
  };
}

function notOpened(node: string, cause: unknown): PictlError {
  const said = cause instanceof Error ? cause.message.replace(/^\(SSH\) /, "") : String(cause);
  return new PictlError("command-failed", `sshd on ${node} opens no terminal: ${said}.`, {
    node,
    hint: "Look for PermitTTY, ForceCommand or MaxSessions in its sshd_config, and for a restricted key.",
    cause,
  });
}
