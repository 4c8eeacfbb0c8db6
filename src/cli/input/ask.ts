import type { Ask } from "../../app/ports.ts";
import { abortable } from "../../abort.ts";
import { PictlError } from "../../domain/errors.ts";
import { wrapIndented } from "../../view/text/wrap.ts";
import type { Terminal } from "../output/terminal.ts";

export interface AskOptions {
  readonly hold: () => Promise<() => void>;
  readonly interruption: AbortController;
  readonly onInterrupted: () => void;
}

/**
 * `hold` takes live progress off the screen while a question stands there. The command's `interruption` ends one that
 * nobody answers; a Ctrl-C at a question is one, and leaves those unasked that wait behind it. `onInterrupted` is told
 * that a question was.
 */
export function createAsk(terminal: Terminal, { hold, interruption, onInterrupted }: AskOptions): Ask {
  const { signal } = interruption;
  const width = terminal.err.width - markWidth;
  const ask = async <T>(instead: string, question: object): Promise<T> => {
    const { message } = question as { message: string };
    if (!terminal.interactive) {
      throw new PictlError(
        "confirmation-missing",
        `"${message}" needs an answer, and there is no terminal to ask on.`,
        {
          hint: instead,
        },
      );
    }
    if (interruption.signal.aborted) throw new PictlError("interrupted", "Not asked, because of the interruption.");
    const release = await hold();
    try {
      const { default: enquirer } = await import("enquirer");
      const asked = heedingOurs(() =>
        enquirer.prompt<{ answer: T }>({
          name: "answer",
          ...question,
          message: wrapIndented(message, width),
          styles: { enabled: terminal.err.colour },
          stdout: process.stderr,
        } as never),
      );
      const { answer } = await abortable(asked, signal);
      return answer;
    } catch (error) {
      // enquirer rejects a Ctrl-C with an empty string.
      if (error !== "" && error !== undefined && !signal.aborted) throw error;
      const interrupted = new PictlError("interrupted", "Interrupted at a question; nothing more was done.");
      interruption.abort(interrupted);
      onInterrupted();
      throw interrupted;
    } finally {
      release();
    }
  };
  return {
    confirm: (message, instead) => ask<boolean>(instead, { type: "confirm", message, initial: false, format: yesOrNo }),
    text: (message, instead, objection) => {
      const validate = (answer: string): string | true => {
        const found = objection(answer);
        return found === undefined ? true : wrapIndented(found, width);
      };
      return ask<string>(instead, { type: "input", message, validate });
    },
    hidden: (message, instead) => ask<string>(instead, { type: "password", message }),
  };
}

/** What enquirer puts before a question. */
const markWidth = 2;

/** A prompt listens to signals, too, and ends the process at once; the command ends what else is under way. */
function heedingOurs<T>(begin: () => T): T {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const known = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  const begun = begin();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (known.get(signal)?.includes(listener) !== true) process.off(signal, listener);
    }
  }
  return begun;
}

/** Of enquirer's prompt, whose own answers are `true` and `false`; while the question stands there, there is none. */
function yesOrNo(this: { readonly state: { readonly submitted: boolean } }, answer: boolean): string {
  if (!this.state.submitted) return "";
  return answer ? "yes" : "no";
}
