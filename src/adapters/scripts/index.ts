import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scripts } from "../../app/ports.ts";

/** The files of `templates/`, each read once. */
export function openScripts(): Scripts {
  const texts = new Map<string, Promise<string>>();
  return {
    read(name) {
      const reading = texts.get(name) ?? readFile(join(templates(), name), "utf8").then(withoutComments);
      texts.set(name, reading);
      return reading;
    },
  };
}

/** What is sent with every command is sent without what only people read. */
function withoutComments(text: string): string {
  return text.replace(/^\s*(?:#.*)?\n/gm, "");
}

/** The nearest `templates` above this module; sources and bundle differ. */
function templates(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "templates", "guard.sh"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("pictl's templates folder is missing from its installation");
    folder = parent;
  }
  return join(folder, "templates");
}
