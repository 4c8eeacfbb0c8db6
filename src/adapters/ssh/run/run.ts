import { abortable, firstOf } from "../../../abort.ts";
import type { Outcome, RunOptions } from "../../../app/ports.ts";
import { PictlError } from "../../../domain/errors.ts";
import { guarded, type Ticket } from "../../../domain/guard/command.ts";
import { type Command, renderAlone } from "../../../domain/shell.ts";
import { PausableDeadline } from "./deadline.ts";
import { Following } from "./following.ts";
import { type Hold, LostAfterSending, type OpenChannel } from "./channels.ts";
import { type Launch, launch } from "./launch.ts";
import { onFirstWithRoom, type Session } from "../connect/session.ts";

const defaultTimeoutMs = 60_000;

/**
 * `Connection.run`: one wall-clock deadline from the call to the result, whatever the node does or fails to do.
 * `onStarted` is called when the command certainly runs. One that lasts rejects with Crowded, having sent nothing, where
 * this connection has no room for it.
 */
export async function runCommand(
  session: Session,
  command: Command,
  options: RunOptions & { readonly held?: Hold | undefined } = {},
  onStarted: () => void = () => undefined,
): Promise<Outcome> {
  const { node } = session;
  const line = renderFor(node, command);
  const startedAt = performance.now();
  const durationMs = (): number => Math.round(performance.now() - startedAt);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const deadline = new PausableDeadline(timeoutMs);
  const { signal, dispose } = firstOf([options.signal, deadline.signal]);
  const progress = { sent: false };
  const on = async (place: Session): Promise<Outcome> => {
    const root = options.sudo ? await abortable(place.sudo(signal), signal) : undefined;
    const ticketOf = options.guard && (await abortable(place.ticket(options.guard, timeoutMs), signal));
    let sent: { readonly plan: Launch; readonly ticket: Ticket | undefined };
    const write = (): string => {
      const ticket = ticketOf?.();
      sent = { plan: launch(ticket ? guarded(line, ticket) : line, root?.mode ?? "none"), ticket };
      return sent.plan.line;
    };
    const channels = options.ahead ? place.ahead : place.channels;
    const open = await channels.exec(write, signal, {
      held: options.held,
      onSent: (isOut) => {
        progress.sent = isOut;
      },
      attach: (channel) =>
        new Following({ node, channel, ...sent, password: root?.password, options, durationMs, onStarted }),
    });
    return await finish(place, open, signal);
  };
  try {
    return await (options.held === "lasting" ? on(session) : onFirstWithRoom(session, signal, on));
  } catch (error) {
    if (error instanceof LostAfterSending) return nothingHeard("connection-lost", durationMs());
    if (error === PausableDeadline.passed && progress.sent) return nothingHeard("timeout", durationMs());
    if (error === PausableDeadline.passed) throw neverSent(node, durationMs());
    if (options.signal?.aborted) throw interrupted(node, options.signal);
    session.onRefusal(error);
    throw error instanceof PictlError ? error.at({ node }) : error;
  } finally {
    deadline.cancel();
    dispose();
  }
}

async function finish(
  session: Session,
  open: OpenChannel & { attached: Following },
  signal: AbortSignal,
): Promise<Outcome> {
  const following = open.attached;
  try {
    await abortable(following.ended, signal);
    return following.outcome();
  } catch (error) {
    if (error !== PausableDeadline.passed) throw error;
    return following.outcome("timeout");
  } finally {
    following.stop();
    if (following.closed) open.release();
    else session.ending.end({ ...open, pids: following.pids, sudo: following.asRoot });
  }
}

/** Sent, and then not a word. */
function nothingHeard(reason: "timeout" | "connection-lost", durationMs: number): Outcome {
  return { stdout: "", stderr: "", truncated: false, durationMs, status: "unknown", code: null, reason };
}

function neverSent(node: string, durationMs: number): PictlError {
  const message = `The command on ${node} was not started within ${durationMs / 1000} s: the connection was busy.`;
  return new PictlError("timeout", message, {
    node,
    hint: "Nothing was done. Try again, with a longer time-out if the node has much to do.",
  });
}

/** The error for a wait that the caller's signal ended. */
export function interrupted(node: string, signal: AbortSignal): PictlError {
  if (signal.reason instanceof PictlError) return signal.reason.at({ node });
  return new PictlError("interrupted", `The work on ${node} was interrupted.`, { node, cause: signal.reason });
}

function renderFor(node: string, command: Command): string {
  try {
    return renderAlone(command);
  } catch (cause) {
    throw new PictlError("usage", `The command cannot be sent: ${(cause as Error).message}.`, { node, cause });
  }
}
