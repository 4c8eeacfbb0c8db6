import type { Ask } from "../../../app/ports.ts";
import { PictlError } from "../../../domain/errors.ts";
import { Secret } from "../../../domain/secrets/secret.ts";

export interface HostKeyQuestion {
  /** The node, or the jump host towards it. */
  readonly who: string;
  /** `host` or `[host]:port`. */
  readonly address: string;
  readonly keyType: string;
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string;
}

/** What a connection may have to ask a person. One that is missing means that nobody can be asked it. */
export interface Questions {
  /** true stores the key and goes on. */
  readonly confirmHostKey?: (question: HostKeyQuestion) => Promise<boolean>;
  /** undefined leaves the key out. */
  readonly passphrase?: (keyFile: string) => Promise<Secret | undefined>;
  readonly password?: (user: string, who: string) => Promise<Secret | undefined>;
  readonly sudoPassword?: (user: string, who: string) => Promise<Secret | undefined>;
}

/** The questions put to whoever sits at the terminal, one at a time, so that prompts of parallel nodes do not mix. */
export function questionsFor(ask: Ask | undefined): Questions {
  if (!ask) return {};
  const queued = oneAtATime();
  const hidden = (question: string, instead: string): Promise<Secret | undefined> =>
    queued(async () => {
      const answer = await unlessNobody(ask.hidden(question, instead), "");
      return answer === "" ? undefined : new Secret(answer);
    });
  return {
    confirmHostKey: ({ who, address, keyType, fingerprint }) =>
      queued(() =>
        unlessNobody(
          ask.confirm(
            `The host key of ${who} (${address}) is not known: ${keyType} ${fingerprint}. Trust it from now on?`,
            `pictl node trust ${who}`,
          ),
          false,
        ),
      ),
    passphrase: (file) => hidden(`Passphrase for ${file}`, `ssh-add ${file}`),
    password: (user, who) => hidden(`Password of ${user} on ${who}`, "an SSH key"),
    sudoPassword: (user, who) =>
      hidden(`sudo password of ${user} (first asked by ${who})`, "a NOPASSWD rule in sudoers"),
  };
}

/**
 * How long an answer of this machine's files and agents is good, milliseconds: many nodes at once ask once, and a daemon
 * that connects anew after months goes by what is there then.
 */
export const freshMs = 2_000;

export interface AskedLater<T> {
  (key: string, question: () => Promise<T>): Promise<T>;
  /** The answer was wrong: it is asked again. */
  forget(key: string): void;
}

/**
 * Asks each question once, however many nodes want the answer, and again when the answer is older than `goodForMs`; a
 * question that failed may be asked again.
 */
export function askedOnce<T>(goodForMs = Infinity): AskedLater<T> {
  const answers = new Map<string, { readonly answer: Promise<T>; until: number }>();
  const ask = (key: string, question: () => Promise<T>): Promise<T> => {
    const known = answers.get(key);
    if (known && performance.now() < known.until) return known.answer;
    const asked = { answer: question(), until: Infinity };
    answers.set(key, asked);
    asked.answer.then(
      () => {
        asked.until = performance.now() + goodForMs;
      },
      () => {
        if (answers.get(key) === asked) answers.delete(key);
      },
    );
    return asked.answer;
  };
  return Object.assign(ask, {
    forget(key: string) {
      answers.delete(key);
    },
  });
}

function oneAtATime(): <T>(question: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(question);
    last = answer.catch(() => undefined);
    return answer;
  };
}

async function unlessNobody<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PictlError && error.code === "confirmation-missing") return otherwise;
    throw error;
  }
}
