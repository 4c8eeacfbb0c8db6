import type { Ask } from "../app/ports.ts";
import { abortable } from "../abort.ts";
import { PictlError } from "../domain/errors.ts";
import type { Terminal } from "./terminal.ts";

/** `pause` takes live progress off the screen while a question stands there; `signal` ends one that nobody answers. */
export function createAsk(terminal: Terminal, pause: () => Promise<void>, signal: AbortSignal): Ask {
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
    await pause();
    const { default: enquirer } = await import("enquirer");
    try {
      const asked = enquirer.prompt<{ answer: T }>({ name: "answer", ...question, stdout: process.stderr } as never);
      const { answer } = await abortable(asked, signal);
      return answer;
    } catch (error) {
      // enquirer rejects a Ctrl-C with an empty string.
      if (error === "" || error === undefined || signal.aborted)
        throw new PictlError("interrupted", "Interrupted at a question; nothing was changed.");
      throw error;
    }
  };
  return {
    confirm: (message, instead) => ask<boolean>(instead, { type: "confirm", message, initial: false, format: yesOrNo }),
    text: (message, instead, initial) =>
      ask<string>(instead, { type: "input", message, ...(initial === undefined ? {} : { initial }) }),
    hidden: (message, instead) => ask<string>(instead, { type: "password", message }),
  };
}

/** Of enquirer's prompt, whose own answers are `true` and `false`; while the question stands there, there is none. */
function yesOrNo(this: { readonly state: { readonly submitted: boolean } }, answer: boolean): string {
  if (!this.state.submitted) return "";
  return answer ? "yes" : "no";
}
