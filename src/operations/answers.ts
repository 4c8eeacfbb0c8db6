import type { Ask } from "../app/ports.ts";
import { PictlError } from "../domain/errors.ts";

/**
 * Answers the questions of a use case by an input's `confirm`: true agrees to all, a list to the questions in it. Without
 * it `ask` is asked; without that, a question is the failure confirmation-missing.
 */
export function answersOf(input: object, ask: Ask = unanswered): Ask {
  const { confirm } = input as { readonly confirm?: true | readonly string[] };
  if (confirm === undefined) return ask;
  return {
    ...unanswered,
    confirm: async (question, instead) =>
      confirm === true || confirm.includes(question) || unanswered.confirm(question, instead),
  };
}

const unanswered: Ask = {
  confirm: async (question, instead) => {
    throw missing(question, instead);
  },
  text: async (question, instead) => {
    throw missing(question, instead);
  },
  hidden: async (question, instead) => {
    throw missing(question, instead);
  },
};

function missing(question: string, instead: string): PictlError {
  return new PictlError("confirmation-missing", question, { hint: instead });
}
