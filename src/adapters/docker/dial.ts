import type { Duplex } from "node:stream";
import { abortable } from "../../abort.ts";
import type { Connection, Nodes } from "../../app/ports.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { socketOf } from "../../domain/docker/engine/endpoint.ts";
import { dockerSaid } from "../../domain/docker/client/said.ts";
import { dockerAccessError, dockerUnavailable } from "../../domain/docker/client/failure.ts";
import { type ErrorCode, PictlError } from "../../domain/errors.ts";
import { words } from "../../domain/shell.ts";

/** A way to the engine of one node. */
export interface Dialer {
  /** `socket`: a forwarded socket, cheap and not counted by MaxSessions. `client`: a docker client on the node. */
  readonly kind: "socket" | "client";
  /** `lasting`: for a response that may never end. */
  dial(signal: AbortSignal, options?: { readonly lasting?: boolean }): Promise<Duplex>;
}

/** Says the first word over it, and resolves to what is spoken over from then on. */
type Speak<T> = (dialer: Dialer, signal: AbortSignal) => Promise<T>;

/**
 * Speaks to the engine by the cheapest way that this login may use. sshd says the same "open failed" for a missing socket, a
 * missing right and forbidden forwarding, so that any refusal leads to the docker client, whose words tell these apart.
 */
export async function reachEngine<T>(
  nodes: Nodes,
  node: NodeSpec,
  { speak, signal }: { readonly speak: Speak<T>; readonly signal: AbortSignal },
): Promise<T> {
  const spoken = node.ssh.sudo === true ? undefined : await overSocket(nodes, node, { speak, signal });
  return spoken ? spoken.with : speak(await clientDialer(nodes, node, signal), signal);
}

/** What is spoken over, still to come; undefined where no socket can be had. */
async function overSocket<T>(
  nodes: Nodes,
  node: NodeSpec,
  { speak, signal }: { readonly speak: Speak<T>; readonly signal: AbortSignal },
): Promise<{ readonly with: Promise<T> } | undefined> {
  try {
    const connection = await nodes.connect(node, signal);
    // Nearly everywhere it is the default one: neither it nor the first word waits for the answer.
    const usual = connection.openSocket(defaultSocket, signal);
    const wrong = new AbortController();
    const guess = usual.then((first) => speak(socketDialer(nodes, node, { path: defaultSocket, first }), wrong.signal));
    guess.catch(() => undefined);
    const path = socketOf(await abortable(connection.dockerHost(), signal));
    if (path === defaultSocket) {
      await usual;
      return { with: guess };
    }
    wrong.abort();
    usual.then(discard, () => undefined);
    if (path === undefined) return undefined;
    const first = await connection.openSocket(path, signal);
    return { with: speak(socketDialer(nodes, node, { path, first }), signal) };
  } catch (error) {
    if (isFinal(error)) throw error;
    return undefined;
  }
}

/** `first`: one that is open already. */
function socketDialer(
  nodes: Nodes,
  node: NodeSpec,
  { path, first }: { readonly path: string; readonly first: Duplex },
): Dialer {
  let open: Duplex | undefined = first;
  const dial = async (signal: AbortSignal): Promise<Duplex> => {
    const stream = open ?? (await (await nodes.connect(node, signal)).openSocket(path, signal));
    open = undefined;
    return stream;
  };
  return { kind: "socket", dial };
}

const defaultSocket = "/var/run/docker.sock";

/** Errors that it may still have are nobody's concern. */
function discard(stream: Duplex): void {
  stream.on("error", () => undefined);
  stream.destroy();
}

/** Nothing else can be tried after these: there is no connection, or Docker's state is known. */
export function isFinal(error: unknown): error is PictlError {
  return error instanceof PictlError && finalCodes.has(error.code);
}

const finalCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "interrupted",
  "node-unreachable",
  "connection-lost",
  "auth-failed",
  "host-key-unknown",
  "host-key-changed",
  "timeout",
  "docker-missing",
  "docker-unavailable",
  "docker-denied",
  "sudo-failed",
]);

async function clientDialer(nodes: Nodes, node: NodeSpec, signal: AbortSignal): Promise<Dialer> {
  const sudo = await needsSudo(await nodes.connect(node, signal), node);
  const dialStdio = words("docker", "system", "dial-stdio");
  return {
    kind: "client",
    dial: async (signal, { lasting = false } = {}) =>
      (await nodes.connect(node, signal)).pipe(dialStdio, { sudo, signal, lasting }),
  };
}

/**
 * Asks the docker client why the engine could not be spoken to. Resolves to the error to throw; rejects when the node
 * cannot be asked.
 */
export async function diagnose(nodes: Nodes, node: NodeSpec, cause: unknown, signal: AbortSignal): Promise<PictlError> {
  const connection = await nodes.connect(node, signal);
  const sudo = await needsSudo(connection, node);
  const version = words("docker", "version", "--format", "{{.Server.Version}}");
  const outcome = await connection.run(version, { sudo, signal, timeoutMs: 15_000 });
  const { sudoSaid, rootless } = await connection.privilege();
  const known = dockerAccessError(outcome.stderr, { node: node.name, privileged: sudo, sudoSaid, rootless });
  if (known) return known;
  if (outcome.status === "unknown") return dockerUnavailable(node.name, "Its daemon hangs.", cause);
  const said = outcome.stderr.trim() === "" ? endedBecause(cause) : `docker says: ${dockerSaid(outcome.stderr, 1)}`;
  return dockerUnavailable(node.name, said, cause);
}

function endedBecause(cause: unknown): string {
  return `The connection to its daemon ended: ${cause instanceof Error ? cause.message : String(cause)}.`;
}

/** The config's word first; otherwise sudo is for logins that may use it and may not use Docker without. */
async function needsSudo(connection: Connection, node: NodeSpec): Promise<boolean> {
  const privilege = await connection.privilege();
  return !privilege.root && (node.ssh.sudo ?? (!privilege.docker && privilege.sudo));
}
