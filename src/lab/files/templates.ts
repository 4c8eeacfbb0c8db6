import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The text of a file of `templates/lab`. */
export function template(name: string): string {
  return readFileSync(templatePath(name), "utf8");
}

export function templatePath(name: string): string {
  return join(packageRoot(), "templates", "lab", name);
}

/** Where pictl is installed: the nearest folder above this module with `templates` in it (sources and bundle differ). */
export function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, "templates", "lab", "init.sh"))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error("pictl's templates folder is missing from its installation");
    dir = parent;
  }
  return dir;
}
