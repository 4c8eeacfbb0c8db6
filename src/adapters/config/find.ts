import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { PictlError } from "../../domain/errors.ts";

export interface FindOptions {
  /** `--config`, which wins over everything. */
  readonly flag?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly home?: string;
}

/**
 * The absolute path of the config: `--config`, else `$PICLUSTER_CONFIG`, else the first that is there of the working
 * folder's, the user's and the machine's. Throws config-not-found, which lists where it looked.
 */
export function findConfig(options: FindOptions = {}): string {
  const { flag, env = process.env, cwd = process.cwd(), home = homedir() } = options;
  if (flag !== undefined) return named(resolve(cwd, flag), "--config");
  const variable = env["PICLUSTER_CONFIG"];
  if (variable !== undefined && variable !== "") return named(resolve(cwd, variable), "$PICLUSTER_CONFIG");
  const candidates = [cwd, userFolder(env, home), "/etc/pictl"].flatMap((folder) =>
    ["config.json", "config.yaml", "config.yml"].map((name) => join(folder, name)),
  );
  const found = candidates.find(isThere);
  if (found !== undefined) return found;
  throw new PictlError("config-not-found", `There is no config. Looked for ${candidates.join(", ")}.`, {
    hint: "Write one with `pictl init`, or name one with --config or PICLUSTER_CONFIG.",
  });
}

function named(path: string, by: string): string {
  if (isThere(path)) return path;
  throw new PictlError("config-not-found", `There is no config ${path}, which ${by} names.`, {
    hint: `Correct ${by}, or write the config with \`pictl init\`.`,
  });
}

function userFolder(env: NodeJS.ProcessEnv, home: string): string {
  const xdg = env["XDG_CONFIG_HOME"];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config"), "pictl");
}

/** What may not be looked at counts as there, so that reading it says why. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}
