/** What has to be read to understand a file: itself and all that it imports. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The files of `src` that `file` imports, types and dynamic imports too, and what those import; without adapters. */
export function importClosure(file: string): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !existsSync(path)) return;
    seen.add(path);
    for (const [, specifier = ""] of readFileSync(path, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const target = join(dirname(path), specifier);
      if (target.startsWith("src/") && !target.startsWith("src/adapters/")) visit(target);
    }
  };
  visit(file);
  return seen;
}
