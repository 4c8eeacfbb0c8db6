import { CORE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { ComposeFile } from "../../domain/compose/import.ts";
import type { Json } from "../../domain/compose/values.ts";
import { parseEnvFile } from "../../domain/container/environment/env-file.ts";
import { PictlError } from "../../domain/errors.ts";
import { readText, smallFileBytes, whyUnread } from "../../files/read.ts";

const limits = { maxBytes: smallFileBytes, fatal: true };
/** What a compose file's tags (`!reset`, `!override`) do needs a second file, which is not read here. */
const schema = CORE_SCHEMA.withTags(mergeTag);
/** Aliases may be used so often; more would let a small file mean an enormous one. */
const maxAliases = 1000;

/**
 * Reads a compose file. `configFolder`: where paths that stand in the config count from. Rejects with compose-invalid
 * when it cannot be read, or is no YAML.
 */
export async function readComposeFile(
  path: string,
  options: { readonly configFolder: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ComposeFile> {
  const folder = dirname(resolve(path));
  const document = parse(path, await readCompose(path));
  const dotenv = await readDotenv(join(folder, ".env"), options.env);
  const absolute = (text: string): string => resolve(folder, text.replace(/^~(?=\/|$)/, homedir()));
  return {
    document,
    folderName: basename(folder),
    lookup: (name) => options.env[name] ?? dotenv.get(name),
    absolute,
    local: (text) => {
      const fromConfig = relative(options.configFolder, absolute(text));
      return fromConfig.startsWith("..") ? absolute(text) : `./${fromConfig}`;
    },
  };
}

async function readCompose(path: string): Promise<string> {
  try {
    return await readText(path, limits);
  } catch (error) {
    throw new PictlError("compose-invalid", `The compose file ${path} ${whyUnread(error)}.`, {
      hint: "Name the file: `pictl import compose.yaml --node NODE`.",
      cause: error,
    });
  }
}

function parse(path: string, text: string): Json {
  try {
    return load(text, { schema, maxDepth: 64, maxAliases }) as Json;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line = 0, column = 0 } = error.mark ?? {};
    // Its own message quotes the text, secrets included.
    throw new PictlError("compose-invalid", `${path}:${line + 1}:${column + 1}: not valid YAML: ${error.reason}.`, {
      hint: "`docker compose config` shows the same file as compose understands it.",
      cause: error,
    });
  }
}

/** Compose reads quotes there, which `docker run --env-file` takes as they are. */
async function readDotenv(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readText(path, limits);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw new PictlError("compose-invalid", `The file ${path} ${whyUnread(error)}.`, { cause: error });
  }
  const file = parseEnvFile(text, (name) => env[name]);
  if (!file.ok) throw new PictlError("compose-invalid", `${path}, line ${String(file.line)}: ${file.message}.`);
  return new Map(file.variables.map(([name, value]) => [name, value.replace(/^(["'])([^]*)\1$/, "$2")]));
}
