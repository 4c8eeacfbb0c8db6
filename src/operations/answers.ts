import type { Ask } from "../app/ports.ts";
import { PictlError } from "../domain/errors.ts";

export interface Answers extends Ask {
  /** The question that nobody has answered, if there was one. */
  readonly unanswered: () => PictlError | undefined;
}

/**
 * Answers the questions of a use case by an input's `confirm`: true agrees to all, a list to the questions in it. Without
 * it `ask` is asked; without that, a question is the failure confirmation-missing.
 */
export function answersOf(input: object, ask?: Ask): Answers {
  const { confirm } = input as { readonly confirm?: true | readonly string[] };
  let missing: PictlError | undefined;
  const fail = async (question: string, instead: string): Promise<never> => {
    missing = new PictlError("confirmation-missing", question, { hint: instead });
    throw missing;
  };
  const unanswered = (): PictlError | undefined => missing;
  if (ask && confirm === undefined) return { ...ask, unanswered };
  return {
    confirm: async (question, instead) =>
      confirm === true || confirm?.includes(question) === true || fail(question, instead),
    text: fail,
    hidden: fail,
    unanswered,
  };
}
