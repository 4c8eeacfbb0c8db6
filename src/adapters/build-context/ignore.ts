import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { readTextIfThere, smallFileBytes, whyUnread } from "../../files/read.ts";
import { contextProblem } from "./problem.ts";

/** Which paths of a folder docker is not to see. Paths are relative, with slashes. */
export interface Ignore {
  ignores(path: string): boolean;
  /** Something below an ignored folder may be taken in again by a `!` pattern. */
  readonly hasExceptions: boolean;
}

/**
 * Reads `Dockerfile.dockerignore` if there is one, else `.dockerignore`, as BuildKit does. The classic builder knows
 * only the latter; here the context is made before any builder sees it, so that all nodes build from the same.
 * Dockerfile and `.dockerignore` are always sent, as docker does (it keeps them out of COPY itself).
 * Rejects with build-context-invalid for a file that cannot be read and a pattern that is none.
 */
export async function readIgnore(folder: string): Promise<Ignore> {
  for (const name of ["Dockerfile.dockerignore", ".dockerignore"]) {
    const text = await readIfThere(folder, name);
    if (text !== undefined) return parse(folder, name, text);
  }
  return { ignores: () => false, hasExceptions: false };
}

async function readIfThere(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readTextIfThere(join(folder, name), { maxBytes: smallFileBytes });
  } catch (error) {
    throw contextProblem({ folder, path: name }, whyUnread(error), "Make it a readable file.", error);
  }
}

function parse(folder: string, name: string, text: string): Ignore {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const long = lines.findIndex((line) => line.length > longestPath);
  if (long !== -1) {
    const what = `has more than ${String(longestPath)} characters in line ${String(long + 1)}`;
    throw contextProblem({ folder, path: name }, what, "No path is that long; take the line out.");
  }
  const patterns = lines.map(literal);
  patterns.forEach((pattern, index) => {
    if (compiles(pattern)) return;
    const what = `has no valid pattern in line ${String(index + 1)}: ${JSON.stringify(lines[index])}`;
    throw contextProblem(
      { folder, path: name },
      what,
      "Patterns are those of https://docs.docker.com/build/concepts/context/.",
    );
  });
  const all = dockerignore.default({ ignorecase: false }).add(patterns);
  return {
    ignores: (path) => !alwaysSent.has(path) && all.ignores(path),
    hasExceptions: patterns.some((pattern) => pattern.trimStart().startsWith("!")),
  };
}

/** What the system takes as a path. Longer patterns fit nothing, and take time with the square of their length. */
const longestPath = 4096;

const alwaysSent: ReadonlySet<string> = new Set(["Dockerfile", ".dockerignore"]);

/**
 * The library hands `+(){}|^` and backslashed letters on to a regular expression, where they mean something; in
 * docker's patterns (Go's filepath.Match) they stand for themselves. Inside brackets nothing is changed.
 */
function literal(pattern: string): string {
  return pattern.replaceAll(/\[[^\]]*\]|\\([A-Za-z0-9])|\\.|[+(){}|^]/g, (found, letter: string | undefined) => {
    if (letter !== undefined) return letter;
    return found.length === 1 ? `\\${found}` : found;
  });
}

function compiles(pattern: string): boolean {
  try {
    dockerignore.default({ ignorecase: false }).add(pattern).ignores("x");
    return true;
  } catch {
    return false;
  }
}
