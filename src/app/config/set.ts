import { formatPath, type ConfigPath } from "../../domain/config/document/path.ts";
import { isSecretPath, redact } from "../../domain/config/secrets/redact.ts";
import { PictlError } from "../../domain/errors.ts";
import type { ConfigEdit, EditableConfigStore } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import type { ConfigValue } from "./get.ts";
import { pathFrom } from "./get.ts";

export interface SetInput {
  readonly path: string;
  readonly value: string;
  /** Take the value as text even if it reads as JSON. */
  readonly asText: boolean;
  /** The value came by stdin, where nobody else sees it. */
  readonly hidden: boolean;
  readonly dryRun: boolean;
}

export type ConfigSetting = ConfigValue & { readonly changed: boolean };

/** Sets one value and leaves the rest of the file as it is. Rejects with usage, and as `EditableConfigStore.apply`. */
export async function setConfigValue(store: EditableConfigStore, input: SetInput): Promise<Report<ConfigSetting>> {
  const path = pathFrom(input.path);
  const value = input.asText ? input.value : jsonOrText(input.value);
  if (!input.hidden) refuseSecret(path, value);
  const edit: ConfigEdit = { op: "set", path, value };
  try {
    if (input.dryRun) await store.preview([edit]);
    else await store.apply([edit]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PictlError("usage", `${formatPath(path)} cannot be set: ${error.message}.`, { cause: error });
  }
  return { result: { path: formatPath(path), value: redact(value, path), changed: !input.dryRun }, failures: [] };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A secret on the command line stays in the shell's history and is seen by everybody on this machine. */
function refuseSecret(path: ConfigPath, value: unknown): void {
  const found = secretIn(path, value);
  if (found === undefined) return;
  const where = formatPath(found);
  const orPlace = isSecretPath(found) ? ", or say env:NAME or file:PATH there" : "";
  throw new PictlError("usage", `${where} holds a secret, which does not belong on a command line.`, {
    hint: `Set ${where} with \`-\` as the value and the secret by stdin${orPlace}.`,
  });
}

/** Where the first secret stands in a value. */
function secretIn(path: ConfigPath, value: unknown): ConfigPath | undefined {
  if (typeof value !== "object" || value === null) return redact(value, path) === value ? undefined : path;
  for (const [key, item] of Object.entries(value)) {
    const found = secretIn([...path, Array.isArray(value) ? Number(key) : key], item);
    if (found !== undefined) return found;
  }
  return undefined;
}
