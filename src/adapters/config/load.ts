import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { buildConfig, type BuildOptions } from "../../domain/config/build.ts";
import type { SourceNode } from "../../domain/config/document/document.ts";
import { ConfigInvalidError, type Finding, Findings } from "../../domain/config/findings/problem.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import { secretFindings } from "../../domain/config/secrets/secret-findings.ts";
import type { Config, ConfigProblem } from "../../domain/config/types.ts";
import type { ConfigFile } from "./file.ts";
import type { StoreOptions } from "./options.ts";
import { parseConfigText, type ParseResult } from "./parse.ts";
import { locate, positionAt } from "./position.ts";
import { checkShape } from "./validate.ts";

/** Where a config stands and who reads it. */
export interface LoadPlace {
  readonly path: string;
  /** Permission bits of the file. */
  readonly mode: number;
  /** The path is a symbolic link to the file. */
  readonly link: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Whether the reader is root, whose state is the machine's. */
  readonly root: boolean;
}

export interface Loaded {
  readonly root: SourceNode;
  readonly config: Config;
  readonly raw: RawConfig;
  readonly warnings: readonly ConfigProblem[];
}

/** Makes a config of the text of a file. Throws ConfigInvalidError with every problem. */
export function loadConfig(text: string, place: LoadPlace): Loaded {
  return loadParsed(parseConfigText(text), text, place);
}

/** The same, of a text that was parsed already. */
export function loadParsed(parsed: ParseResult, text: string, place: LoadPlace): Loaded {
  if (!parsed.ok) {
    const problem = { severity: "error" as const, file: place.path, path: "", message: parsed.message };
    throw ConfigInvalidError.ofFile(place.path, [{ ...problem, ...positionAt(text, parsed.offset) }]);
  }
  const { root, value } = parsed;
  const shape = checkShape(root, value);
  const built = shape.raw === undefined ? undefined : buildConfig(shape.raw, buildOptions(place));
  const meant = (built?.findings ?? []).flatMap((finding) => shape.original(finding) ?? []);
  const all = [
    ...parsed.findings,
    ...shape.findings,
    ...meant,
    ...secretFindings(value, place),
    ...stateDirFindings(shape.raw, place),
  ];
  const problems = locate(all, place.path, text, root);
  if (shape.raw === undefined || built === undefined || problems.some(({ severity }) => severity === "error")) {
    throw ConfigInvalidError.ofFile(place.path, problems);
  }
  return { root, config: built.config, raw: shape.raw, warnings: problems };
}

/**
 * A relative folder counts from where the link is and not from where the file is, which changes when the link is set to
 * the next release.
 */
function stateDirFindings(raw: RawConfig | undefined, { path, link }: LoadPlace): readonly Finding[] {
  const findings = new Findings();
  if (link && raw?.state_dir !== undefined && !/^[/~]/.test(raw.state_dir)) {
    findings.warning(
      ["state_dir"],
      `it counts from ${dirname(path)}, where the config is a symbolic link; by another of its names the config has another state: give an absolute path`,
    );
  }
  return findings.all;
}

function buildOptions(place: LoadPlace): BuildOptions {
  return { resolvePath: (path) => resolvePath(path, place), defaultStateDir: defaultStateDir(place) };
}

/** The current user as a place; `env` and `home` are the process's unless given. */
export function placeInText(
  path: string,
  { mode, link }: Pick<ConfigFile, "mode" | "link">,
  { env = process.env, home = homedir(), root = process.getuid?.() === 0 }: StoreOptions = {},
): LoadPlace {
  return { path, mode, link, env, home, root };
}

function resolvePath(path: string, { path: file, home }: LoadPlace): string {
  if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
  return resolve(dirname(file), path);
}

function defaultStateDir({ env, home, root }: LoadPlace): string {
  if (root) return "/var/lib/pictl";
  const xdg = env["XDG_STATE_HOME"];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".local/state"), "pictl");
}
