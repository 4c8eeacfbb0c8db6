import { readFile } from "node:fs/promises";
import type { Secrets } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import { Secret } from "../../domain/secret.ts";

/** Reads secrets from where the config says they are. One newline at the end of a file does not belong to them. */
export function openSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    async read(source) {
      switch (source.from) {
        case "literal":
          return source.secret;
        case "env": {
          const value = env[source.name];
          if (value !== undefined) return new Secret(value);
          throw new PictlError(
            "secret-missing",
            `The environment variable ${source.name}, which holds a secret, is not set.`,
            {
              hint: `Set it: \`export ${source.name}=…\`.`,
            },
          );
        }
        case "file":
          return new Secret((await readSecretFile(source.path)).replace(/\r?\n$/, ""));
      }
    },
  };
}

async function readSecretFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new PictlError(
      "secret-missing",
      `The file ${path}, which holds a secret, cannot be read: ${(error as Error).message}.`,
      {
        hint: "Write it, or point the config (`file:PATH`) to where it is.",
        cause: error,
      },
    );
  }
}
