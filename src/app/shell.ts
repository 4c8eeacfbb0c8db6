import { onAbort } from "../abort.ts";
import type { Config } from "../domain/config/types.ts";
import { containerMissing, ours } from "../domain/container/copies/ownership.ts";
import { dockerRights } from "../domain/docker/client/rights.ts";
import { PictlError, toFailure } from "../domain/errors.ts";
import { type Command, words } from "../domain/shell.ts";
import { containerShell } from "../domain/terminal/container-shell.ts";
import { Escape } from "../domain/terminal/escape.ts";
import { TerminalModes } from "../domain/terminal/modes.ts";
import type { TerminalPlace } from "../domain/terminal/place.ts";
import type { Connection, Ports, RemoteTerminal, TerminalSize } from "./ports.ts";
import { record } from "./kit/record.ts";
import type { Report } from "./kit/report.ts";

export type ShellPorts = Pick<Ports, "nodes" | "engines" | "events" | "clock" | "signal" | "actor">;

/** The terminal that the person sits at. */
export interface LocalTerminal {
  /** As `$TERM` names it. */
  readonly term: string;
  /** Whether `~.` at the beginning of a line leaves it: where there is no other way out of a dead line. */
  readonly escape: boolean;
  size(): TerminalSize;
  write(data: Uint8Array | string): void | Promise<void>;
  /**
   * Hands over every key as it is, and changes of the size, until the function returned is called: that puts the
   * terminal back into the mode it was in. It is put back also when the process ends.
   */
  enter(handlers: {
    /** While a returned promise is pending, the other side is behind. */
    readonly onInput: (bytes: Uint8Array) => void | Promise<void>;
    readonly onResize: () => void;
  }): () => void;
}

/**
 * An interactive terminal on a node or in a container, until its shell ends, the line dies, the person types `~.` or
 * the signal is aborted. The exit code is the shell's. Its opening and its closing are events.
 */
export async function openShell(
  ports: ShellPorts,
  { config, place, local }: { readonly config: Config; readonly place: TerminalPlace; readonly local: LocalTerminal },
): Promise<Report<object>> {
  const { node, container } = place;
  const where = { node: node.name, ...(container === undefined ? {} : { container }) };
  const connection = await ports.nodes.connect(node, ports.signal);
  const command =
    container === undefined ? undefined : await enterContainer(ports, { config, place, connection, local });
  const startedAt = ports.clock.monotonic();
  const end = await attend(ports, {
    connection,
    command,
    local,
    onOpen: () => record(ports, { type: "shell.opened", ...where }),
  });
  await record(ports, {
    type: "shell.closed",
    ...where,
    after: { code: end.code },
    durationMs: Math.round(ports.clock.monotonic() - startedAt),
  });
  const failure = end.why && toFailure(end.why, where);
  return {
    result: {},
    failures: failure ? [failure] : [],
    ...(end.code === null ? {} : { exitCode: end.code }),
  };
}

interface End {
  readonly code: number | null;
  /** Undefined when the shell ended by itself. */
  readonly why: PictlError | undefined;
}

async function attend(
  ports: ShellPorts,
  {
    connection,
    command,
    local,
    onOpen,
  }: {
    connection: Connection;
    command: Command | undefined;
    local: LocalTerminal;
    onOpen: () => Promise<unknown>;
  },
): Promise<End> {
  const escape = local.escape ? new Escape() : undefined;
  const modes = new TerminalModes();
  const remote = await connection.terminal(command, {
    ...local.size(),
    term: local.term,
    signal: ports.signal,
    onOutput: (chunk) => {
      modes.feed(chunk);
      return local.write(chunk);
    },
  });
  let leave = (): void => undefined;
  const left = new Promise<"left">((resolve) => {
    leave = () => {
      resolve("left");
    };
  });
  const restore = local.enter({
    onInput: (bytes) => {
      const { send, leave: asked } = escape?.feed(bytes) ?? { send: bytes, leave: false };
      if (asked) leave();
      return send.length > 0 ? remote.write(send) : undefined;
    },
    onResize: () => {
      remote.resize(local.size());
    },
  });
  const off = onAbort(ports.signal, leave);
  try {
    await onOpen();
    const end = graded(ports, await Promise.race([remote.ended, left]));
    // What a program that was cut off did to the screen, nobody else will undo.
    if (end.why) await local.write(`${modes.restore()}\r\n`);
    return end;
  } finally {
    off();
    remote.hangUp();
    restore();
  }
}

function graded({ signal }: ShellPorts, end: Awaited<RemoteTerminal["ended"]> | "left"): End {
  if (end === "left" && signal.aborted) return { code: null, why: new PictlError("interrupted", "Interrupted.") };
  if (end === "left") {
    return { code: null, why: new PictlError("connection-lost", "The connection was closed by `~.`.") };
  }
  if (end.lost) {
    return {
      code: null,
      why: new PictlError("connection-lost", "The connection to the node was lost.", {
        hint: "What ran there ends as soon as the node notices, unless it runs in tmux, screen or with nohup.",
      }),
    };
  }
  if (end.code !== null) return { code: end.code, why: undefined };
  const name = end.signal === undefined ? "" : ` by SIG${end.signal.replace(/^SIG/, "")}`;
  return { code: null, why: new PictlError("command-failed", `The shell was killed${name}.`) };
}

/** The command that opens a shell in the container: bash where the container has it, else sh. */
async function enterContainer(
  ports: ShellPorts,
  {
    config,
    place,
    connection,
    local,
  }: { config: Config; place: TerminalPlace; connection: Connection; local: LocalTerminal },
): Promise<Command> {
  const name = place.container ?? "";
  const engine = await ports.engines.on(place.node, ports.signal);
  const facts = ours(await engine.containers(), name, config.cluster);
  if (!facts) throw containerMissing(name).at({ node: place.node.name });
  const { sudo } = dockerRights(await connection.privilege());
  const shell = await shellIn(connection, { id: facts.id, sudo, signal: ports.signal });
  if (shell === undefined) throw noShell(name, place.node.name, facts.state);
  // sudo asks for its password on the terminal, if it has to.
  const client = sudo ? ["sudo", "docker"] : ["docker"];
  return containerShell(client, { id: facts.id, shell, term: local.term });
}

async function shellIn(
  connection: Connection,
  { id, sudo, signal }: { readonly id: string; readonly sudo: boolean; readonly signal: AbortSignal },
): Promise<string | undefined> {
  for (const shell of ["bash", "sh"]) {
    const outcome = await connection.run(words("docker", "exec", id, shell, "-c", ":"), { sudo, signal });
    if (outcome.status === "ok") return shell;
  }
  return undefined;
}

function noShell(container: string, node: string, state: string): PictlError {
  const place = { node, container };
  if (state !== "running") {
    return new PictlError("docker-failed", `The container does not run: it is ${state}.`, {
      ...place,
      hint: `Start it with \`pictl start ${container}\`.`,
    });
  }
  return new PictlError("docker-failed", "The container has no shell: neither bash nor sh can be run in it.", {
    ...place,
    hint: `Look at it from its node: \`pictl shell ${node}\`.`,
  });
}
