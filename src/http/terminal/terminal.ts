import { onAbort } from "../../abort.ts";
import type { TerminalSize } from "../../app/ports.ts";
import { type LocalTerminal, openShell, type ShellPorts } from "../../app/shell.ts";
import type { Config } from "../../domain/config/types.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import type { TerminalPlace } from "../../domain/terminal/place.ts";
import { Scrollback } from "../../domain/terminal/scrollback.ts";
import type { TerminalMessage } from "./messages.ts";

/** The page that shows a terminal. */
export interface Viewer {
  say(message: TerminalMessage): void;
  output(bytes: Uint8Array): void;
  /** Another page has it now. */
  replaced(): void;
  /** It has heard how the terminal ended. */
  done(): void;
}

/** A shell on a node or in a container, and whoever looks at it: a page, then another one, at times nobody. */
export interface SharedTerminal {
  readonly id: string;
  /** In place of who has looked before. */
  attach(viewer: Viewer, size: TerminalSize): void;
  /** Does nothing where somebody else looks by now. */
  detach(viewer: Viewer): void;
  /** While a returned promise is pending, the node is behind. */
  input(bytes: Uint8Array): void | Promise<void>;
  resize(size: TerminalSize): void;
  /** So many bytes have been drawn since the viewer was attached. */
  taken(bytes: number): void;
  hangUp(why: PictlError): void;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

export interface SharedTerminalOptions {
  readonly id: string;
  readonly ports: Omit<ShellPorts, "signal">;
  readonly config: Config;
  readonly place: TerminalPlace;
  readonly size: TerminalSize;
  readonly limits: TerminalLimits;
  /** Nobody can come back to it. */
  readonly onGone: () => void;
}

export type TerminalLimits = Readonly<
  Record<"windowBytes" | "replayBytes" | "typedBytes" | "idleMs" | "awayMs", number>
>;

/** Opens it at once: whether the node lets anybody in, its first viewer hears. */
export function startTerminal({ id, ports, config, place, limits, ...options }: SharedTerminalOptions): SharedTerminal {
  const name = place.container === undefined ? place.node.name : `${place.container}@${place.node.name}`;
  const stop = new AbortController();
  const scrollback = new Scrollback(limits.replayBytes);
  let { size } = options;
  let viewer: Viewer | undefined;
  /** Bytes sent to the viewer, and drawn by it. */
  let sent = 0;
  let drawn = 0;
  const room: (() => void)[] = [];
  let typed: Parameters<LocalTerminal["enter"]>[0] | undefined;
  /** What was typed before the shell was there. */
  let early: Uint8Array[] = [];
  let end: Extract<TerminalMessage, { kind: "ended" }> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let away: ReturnType<typeof setTimeout> | undefined;

  const hasRoom = (): boolean => viewer === undefined || sent - drawn < limits.windowBytes;
  const goOn = (): void => {
    if (!hasRoom()) return;
    for (const go of room.splice(0)) go();
  };
  const hangUp = (why: PictlError): void => {
    stop.abort(why);
    if (end) gone();
  };
  const isUsed = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      hangUp(new PictlError("interrupted", `Nothing was typed for ${String(limits.idleMs / 60_000)} minutes.`));
    }, limits.idleMs).unref();
  };
  const tellEnd = (): void => {
    if (!viewer || !end) return;
    viewer.say(end);
    viewer.done();
  };
  const local: LocalTerminal = {
    term: "xterm-256color",
    escape: false,
    size: () => size,
    write(data) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      scrollback.feed(bytes);
      if (!viewer) return undefined;
      viewer.output(bytes);
      sent += bytes.length;
      return hasRoom() ? undefined : new Promise((resolve) => room.push(resolve));
    },
    enter(handlers) {
      typed = handlers;
      handlers.onResize();
      for (const bytes of early) void handlers.onInput(bytes);
      early = [];
      return () => {
        typed = undefined;
      };
    },
  };

  const run = async (): Promise<void> => {
    const report = await openShell({ ...ports, signal: stop.signal }, { config, place, local }).catch(
      (error: unknown) => ({ exitCode: undefined, failures: [toFailure(error)] }),
    );
    const why = stop.signal.aborted ? toFailure(stop.signal.reason) : report.failures[0];
    clearTimeout(idle);
    end = { kind: "ended", code: why ? null : (report.exitCode ?? null), failure: why ?? null };
    tellEnd();
    if (viewer || stop.signal.aborted) gone();
  };
  const gone = (): void => {
    clearTimeout(away);
    options.onGone();
  };
  const leave = (): void => {
    viewer = undefined;
    goOn();
    clearTimeout(away);
    away = setTimeout(() => {
      hangUp(new PictlError("interrupted", `Nobody looked for ${String(limits.awayMs / 60_000)} minutes.`));
    }, limits.awayMs).unref();
  };
  // Output waits for room that a viewer who is cut off will not make.
  onAbort(stop.signal, () => {
    for (const go of room.splice(0)) go();
  });
  isUsed();
  leave();
  const ended = run();

  return {
    id,
    ended,
    hangUp,
    attach(next, nextSize) {
      viewer?.replaced();
      clearTimeout(away);
      viewer = next;
      const replay = scrollback.replay();
      next.say({ kind: "opened", id, place: name, replayBytes: replay.length });
      if (replay.length > 0) next.output(replay);
      [sent, drawn] = [replay.length, 0];
      goOn();
      if (end) {
        tellEnd();
        gone();
        return;
      }
      // A program that has the whole screen draws it anew when the size is another one.
      if (scrollback.isOtherScreen()) resize({ ...nextSize, rows: nextSize.rows + 1 });
      resize(nextSize);
    },
    detach(who) {
      if (who === viewer) leave();
    },
    input(bytes) {
      isUsed();
      if (typed) return typed.onInput(bytes);
      if (early.reduce((sum, each) => sum + each.length, 0) + bytes.length <= limits.typedBytes) early.push(bytes);
      return undefined;
    },
    resize,
    taken(bytes) {
      drawn = Math.min(Math.max(drawn, bytes), sent);
      goOn();
    },
  };

  function resize(next: TerminalSize): void {
    size = next;
    typed?.onResize();
  }
}
