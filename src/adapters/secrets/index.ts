import type { Secrets } from "../../app/ports.ts";
import { parseEnvFile } from "../../domain/container/environment/env-file.ts";
import { PictlError } from "../../domain/errors.ts";
import { Secret } from "../../domain/secrets/secret.ts";
import { readText, smallFileBytes, whyUnread } from "../../files/read.ts";

/** What is no text would reach a container as something else than what stands in the file. */
const asText = { maxBytes: smallFileBytes, fatal: true };

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
    async envFile(path) {
      const file = parseEnvFile(await readEnvFile(path), (name) => env[name]);
      if (file.ok) return file.variables.map(([name, value]) => [name, new Secret(value)] as const);
      throw invalid(`${path}, line ${String(file.line)}: ${file.message}.`, {
        hint: "Expected are NAME=value, NAME alone (what this machine's environment has), and # comments.",
      });
    },
  };
}

async function readEnvFile(path: string): Promise<string> {
  const hint = "Write it, or correct `env_file` in the layout; a relative path counts from the config's folder.";
  try {
    return await readText(path, asText);
  } catch (error) {
    throw invalid(`The env_file ${path} ${whyUnread(error)}.`, { hint, cause: error });
  }
}

function invalid(message: string, details: { readonly hint: string; readonly cause?: unknown }): PictlError {
  return new PictlError("env-file-invalid", message, details);
}

async function readSecretFile(path: string): Promise<string> {
  const hint = "Write it, or point the config (`file:PATH`) to where it is; a relative path counts from its folder.";
  try {
    return await readText(path, asText);
  } catch (error) {
    throw new PictlError("secret-missing", `The file ${path}, which holds a secret, ${whyUnread(error)}.`, {
      hint,
      cause: error,
    });
  }
}
