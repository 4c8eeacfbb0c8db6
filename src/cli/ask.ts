import type { Ask } from "../app/ports.ts";
import { abortable } from "../abort.ts";
import { PictlError } from "../domain/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * `pause` takes live progress off the screen while a question stands there. The command's `interruption` ends one that
 * nobody answers; a Ctrl-C at a question is one, and leaves those unasked that wait behind it.
 */
export function createAsk(terminal: Terminal, pause: () => Promise<void>, interruption: AbortController): Ask {
  const { signal } = interruption;
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
    await pause();
    const { default: enquirer } = await import("enquirer");
    try {
      const asked = enquirer.prompt<{ answer: T }>({ name: "answer", ...question, stdout: process.stderr } as never);
      const { answer } = await abortable(asked, signal);
      return answer;
    } catch (error) {
      // enquirer rejects a Ctrl-C with an empty string.
      if (error !== "" && error !== undefined && !signal.aborted) throw error;
      const interrupted = new PictlError("interrupted", "Interrupted at a question; nothing was changed.");
      interruption.abort(interrupted);
      throw interrupted;
    }
  };
  return {
    confirm: (message, instead) => ask<boolean>(instead, { type: "confirm", message, initial: false, format: yesOrNo }),
    text: (message, instead, objection) =>
      ask<string>(instead, { type: "input", message, validate: (answer: string) => objection(answer) ?? true }),
    hidden: (message, instead) => ask<string>(instead, { type: "password", message }),
  };
}

/** Of enquirer's prompt, whose own answers are `true` and `false`; while the question stands there, there is none. */
function yesOrNo(this: { readonly state: { readonly submitted: boolean } }, answer: boolean): string {
  if (!this.state.submitted) return "";
  return answer ? "yes" : "no";
}
