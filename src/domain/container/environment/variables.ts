import { PictlError } from "../../errors.ts";
import { Secret } from "../../secrets/secret.ts";
import type { Command } from "../../shell.ts";

export type EnvVariable = readonly [name: string, value: Secret];

/**
 * Secrets reach a container as environment variables that `docker run` reads from its stdin, so that they stand in no
 * argument vector and in no file on the node.
 */
export function withEnvironmentOnStdin(run: Command, environment: readonly EnvVariable[]): Command {
  if (run.kind !== "words" || environment.length === 0) return run;
  const afterVerb = 3;
  return { kind: "words", words: run.words.toSpliced(afterVerb, 0, "--env-file", "/dev/stdin") };
}

/** Throws config-invalid for a value of several lines, which docker's format cannot hold. */
export function refuseSeveralLines(environment: readonly EnvVariable[]): void {
  const several = environment.find(([, value]) => /[\n\0]|\r$/.test(value.reveal()));
  if (several === undefined) return;
  throw new PictlError(
    "config-invalid",
    `The secret ${several[0]} has several lines; an environment variable given by file has one.`,
    { hint: "Encode it (base64), or mount it as a file." },
  );
}

/** The text of the env file. */
export function environmentFile(environment: readonly EnvVariable[]): Secret {
  return new Secret(environment.map(([name, value]) => `${name}=${value.reveal()}\n`).join(""));
}
