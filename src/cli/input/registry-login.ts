import { Flags } from "@oclif/core";
import { addAbortSignal } from "node:stream";
import type { Ask, RegistryLogin } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import { checkUsername } from "../../domain/registry/username.ts";
import { Secret } from "../../domain/secrets/secret.ts";
import { givenStdin, leaveStdin } from "./stdin.ts";

/** The flags of a login. There is none for the password: arguments can be read by everybody on the machine. */
export const loginFlags = {
  username: Flags.string({
    char: "u",
    helpValue: "USER",
    summary: "Log in to the registry as this user; the password is asked for.",
  }),
  "password-stdin": Flags.boolean({ summary: "Read the password from stdin.", dependsOn: ["username"] }),
};

export const insecure = Flags.boolean({
  summary: "Take any certificate, and plain HTTP: for a registry with a certificate of its own making.",
});

/** Longer passwords are mistakes, such as a file that is none. */
const maxPasswordBytes = 64 * 1024;

/**
 * The password of a login, from stdin or from whoever sits at the terminal. Throws usage, confirmation-missing and
 * what `signal` was aborted with.
 */
export async function readLogin(
  login: { readonly username: string; readonly registry: string; readonly fromStdin: boolean },
  { ask, signal }: { readonly ask: Ask; readonly signal: AbortSignal },
): Promise<RegistryLogin> {
  const { username, registry } = login;
  checkUsername(username, "--username");
  const password = login.fromStdin
    ? await passwordOnStdin(signal)
    : await ask.hidden(`Password of ${username} at ${registry}`, "Give it by stdin: `--password-stdin < FILE`.");
  if (password === "") throw new PictlError("usage", "The password is empty.");
  return { username, password: new Secret(password) };
}

/** The password alone on stdin; its last newline is no part of it. Throws usage. */
export async function passwordOnStdin(signal: AbortSignal): Promise<string> {
  const stdin = givenStdin();
  if (!stdin) {
    throw new PictlError("usage", "--password-stdin: stdin is a terminal or empty, so no password comes by it.", {
      hint: "Pipe it: `pass show registry | pictl … --password-stdin`; or leave the flag out to be asked.",
    });
  }
  addAbortSignal(signal, process.stdin);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stdin) {
      length += chunk.length;
      if (length > maxPasswordBytes) throw new PictlError("usage", "What comes by stdin is too long for a password.");
      chunks.push(chunk);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    leaveStdin();
  }
  // As `docker login` does: the newline that `echo` adds does not belong to it.
  return Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, "");
}
