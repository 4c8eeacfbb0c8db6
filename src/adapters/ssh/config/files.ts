import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { parseConfigLines, type ConfigLine } from "../../../domain/ssh/config/config-lines.ts";
import { matchesPattern } from "../../../domain/ssh/pattern.ts";
import { readIfThere } from "./text-file.ts";

/** OpenSSH's own limit. */
const maxIncludeDepth = 16;

/**
 * The lines of an ssh_config with its Includes in their places; none when there is no such file. Rejects when a file
 * cannot be read.
 */
export async function readSshConfigFile(path: string, home: string, depth = 0): Promise<ConfigLine[]> {
  const lines: ConfigLine[] = [];
  let section: ConfigLine | undefined;
  for (const line of parseConfigLines((await readIfThere(path)) ?? "")) {
    if (line.keyword !== "include") {
      lines.push(line);
      if (line.keyword === "host" || line.keyword === "match") section = line;
      continue;
    }
    if (depth >= maxIncludeDepth) continue;
    for (const pattern of line.words) {
      for (const file of await expandGlob(absolute(pattern, path, home))) {
        lines.push(...(await readSshConfigFile(file, home, depth + 1)));
      }
    }
    if (section) lines.push(section);
  }
  return lines;
}

function absolute(pattern: string, includedFrom: string, home: string): string {
  if (pattern.startsWith("~/")) return join(home, pattern.slice(2));
  if (isAbsolute(pattern)) return pattern;
  return includedFrom.startsWith("/etc/ssh/") ? join("/etc/ssh", pattern) : join(home, ".ssh", pattern);
}

async function expandGlob(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) return [pattern];
  const folders = await expandGlob(dirname(pattern));
  const last = pattern.slice(dirname(pattern).length).replace(/^\//, "");
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names
        .filter((name) => matchesPattern(last, name) && (last.startsWith(".") || !name.startsWith(".")))
        .sort()
        .map((name) => join(folder, name));
    }),
  );
  return found.flat();
}
