import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveCallback, NextAuthHandler, Prompt } from "ssh2";
import { PictlError } from "../../../domain/errors.ts";
import { quote } from "../../../domain/shell.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";
import type { Identity } from "./keyring.ts";

export interface Authentication {
  readonly user: string;
  readonly identities: readonly Identity[];
  /** Asked when no key was accepted and the server takes passwords; undefined when nobody can be asked. */
  readonly password: (() => Promise<Secret | undefined>) | undefined;
}

/** One login: what to offer next, and in the end the reason why nothing was accepted. */
export class SshLogin {
  readonly #offer: Authentication;
  readonly #queue: Identity[];
  readonly #tried: string[] = [];
  /** What the server says it takes; undefined until it has refused something. */
  #accepted: readonly AuthenticationType[] | undefined;
  #probed = false;
  #passwordTried = false;

  constructor(offer: Authentication) {
    this.#offer = offer;
    this.#queue = [...offer.identities];
  }

  /** ssh2's authHandler. */
  readonly next = (
    accepted: readonly AuthenticationType[] | null,
    _partial: boolean | null,
    done: NextAuthHandler,
  ): void => {
    if (accepted) this.#accepted = accepted;
    this.#choose().then(
      (method) => {
        done(method ?? giveUp);
      },
      () => {
        done(giveUp);
      },
    );
  };

  /** What was accepted, once something was: `password`, or the key. */
  get method(): string {
    const last = this.#tried.at(-1);
    return last === undefined || last === "password" ? (last ?? "nothing") : `key ${last}`;
  }

  /** auth-failed, saying what was offered and what the server takes. `address` is `host` and `port`, in words. */
  failure(
    node: string,
    { address, host, port }: { readonly address: string; readonly host: string; readonly port: number },
    detail: string | undefined,
  ): PictlError {
    const offered = this.#tried.length > 0 ? this.#tried.join(", ") : "no key (none was found)";
    const takes =
      this.#accepted === undefined ? "" : ` The server takes: ${this.#accepted.join(", ") || "nothing more"}.`;
    const said = detail === undefined ? "" : ` It said: "${detail}".`;
    const make = this.#tried.length > 0 ? "Install a key" : "Make a key with `ssh-keygen -t ed25519`, install it";
    const copy = `ssh-copy-id ${port === 22 ? "" : `-p ${String(port)} `}${quote(`${this.#offer.user}@${host}`)}`;
    return new PictlError(
      "auth-failed",
      `${address} refused the login of ${this.#offer.user}. Offered: ${offered}.${takes}${said}`,
      {
        node,
        hint:
          `${make} with \`${copy}\`, or name the right one as \`ssh.identity_file\`; ` +
          "a locked or expired account refuses every key (sshd's log on the node says which it is).",
      },
    );
  }

  async #choose(): Promise<AnyAuthMethod | undefined> {
    const { user, password } = this.#offer;
    const takesKeys = this.#accepted === undefined || this.#accepted.includes("publickey");
    const identity = takesKeys ? this.#queue.shift() : undefined;
    if (identity) {
      this.#tried.push(identity.label);
      return identity.attempt(user);
    }
    // ssh2 keeps to itself what the server takes after an agent key was refused; "none" makes it say so.
    if (!this.#probed) {
      this.#probed = true;
      return { type: "none", username: user };
    }
    if (this.#passwordTried || !password) return undefined;
    const method = this.#accepted?.find((name) => name === "password" || name === "keyboard-interactive");
    const answer = method && (await password());
    if (!answer) return undefined;
    this.#passwordTried = true;
    this.#tried.push("password");
    return method === "password"
      ? { type: "password", username: user, password: answer.reveal() }
      : { type: "keyboard-interactive", username: user, prompt: answerWith(answer) };
  }
}

/** What ssh2 takes for "nothing more to offer"; its types know only the array form of authHandler. */
const giveUp = false as unknown as AuthenticationType;

/** Gives the password where one hidden thing is asked for, and nothing where it is anything else. */
function answerWith(password: Secret) {
  return (
    _name: string,
    _text: string,
    _lang: string,
    prompts: Prompt[],
    finish: KeyboardInteractiveCallback,
  ): void => {
    const hidden = prompts.filter((prompt) => !prompt.echo).length;
    finish(prompts.map((prompt) => (hidden === 1 && !prompt.echo ? password.reveal() : "")));
  };
}
