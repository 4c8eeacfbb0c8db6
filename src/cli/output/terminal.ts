import type { Style } from "../../view/text/style.ts";

/** What this run of pictl may assume about the streams it was given. */
export interface Terminal {
  /** How results on stdout may look. */
  readonly out: Style;
  /** How progress, warnings and failures on stderr may look. */
  readonly err: Style;
  /** stderr is a terminal: live progress may redraw it. */
  readonly live: boolean;
  /** A person can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
}

export interface TerminalInput {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { readonly isTTY?: boolean; readonly columns?: number };
}

/**
 * Colour follows https://no-color.org and --no-color, then FORCE_COLOR, then whether the stream is a terminal that
 * is not `dumb`. Under --json there is no live progress and nobody is asked.
 */
export function describeTerminal(input: TerminalInput, flags: { noColor: boolean; json: boolean }): Terminal {
  const colourWanted = !flags.noColor && !input.env.NO_COLOR;
  const forced = Boolean(input.env.FORCE_COLOR) && input.env.FORCE_COLOR !== "0";
  const dumb = input.env.TERM === "dumb";
  const style = (stream: { isTTY?: boolean; columns?: number }): Style => ({
    colour: colourWanted && (forced || (stream.isTTY === true && !dumb)),
    // 0: a terminal that does not know its size.
    width: stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY,
  });
  const stderrIsTerminal = input.stderr.isTTY === true;
  return {
    out: style(input.stdout),
    err: style(input.stderr),
    live: stderrIsTerminal && !dumb && !flags.json,
    interactive: stderrIsTerminal && input.stdin.isTTY === true && !flags.json,
  };
}
