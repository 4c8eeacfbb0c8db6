import { formatPath, parsePath, type ConfigPath } from "../../domain/config/document/path.ts";
import { redact } from "../../domain/config/secrets/redact.ts";
import { didYouMean } from "../../domain/config/findings/suggest.ts";
import { PictlError } from "../../domain/errors.ts";
import type { EditableConfigStore } from "../ports.ts";
import type { Report } from "../kit/report.ts";
import { readable } from "./show.ts";

export interface ConfigValue {
  readonly path: string;
  readonly value: unknown;
}

/** What stands at a path, its secrets hidden. Rejects with usage when it is no path or nothing stands there. */
export async function getConfigValue(store: EditableConfigStore, text: string): Promise<Report<ConfigValue>> {
  const path = pathFrom(text);
  const { document } = await readable(store);
  let value: unknown = redact(document);
  path.forEach((part, index) => {
    value = step(value, path.slice(0, index), part, store.path);
  });
  return { result: { path: formatPath(path), value }, failures: [] };
}

/** Rejects with usage. */
export function pathFrom(text: string): ConfigPath {
  const path = parsePath(text);
  if (path !== undefined && path.length > 0) return path;
  throw new PictlError("usage", `${JSON.stringify(text)} is not a path in a config.`, {
    hint: 'Write it as `layout[1].node`, `ssh.user` or `layout[0]["my.app"]`.',
  });
}

function step(value: unknown, before: ConfigPath, part: string | number, file: string): unknown {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const found = entries.find(([key]) => key === String(part));
  if (found !== undefined) return found[1];
  const known = entries.map(([key]) => key);
  const where = before.length === 0 ? file : formatPath(before);
  const keys = known.slice(0, 30).map((key) => formatPath([key]));
  throw new PictlError(
    "usage",
    `There is no ${formatPath([part])} in ${where}${didYouMean(String(part), known) || "."}`,
    {
      hint: Array.isArray(value)
        ? `It is a list of ${value.length}; the first is 0.`
        : `It has ${keys.join(", ") || "no keys"}.`,
    },
  );
}
