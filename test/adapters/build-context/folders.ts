import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const dockerfile = { Dockerfile: "FROM scratch\nCOPY . /\n" };

/** A folder with these files (and a Dockerfile, unless one is given or `null`), removed after the test. */
export function folderWith(files: Record<string, string | null> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pictl-context-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [path, text] of Object.entries<string | null>({ ...dockerfile, ...files })) {
    if (text === null) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
