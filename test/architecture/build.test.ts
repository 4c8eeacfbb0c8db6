import type { Interfaces } from "@oclif/core";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sourceManifest } from "./source-manifest.ts";

test("the manifest of the build describes the commands of the sources (else: npm run build)", async () => {
  const built = JSON.parse(
    await readFile(new URL("../../oclif.manifest.json", import.meta.url), "utf8"),
  ) as Interfaces.Manifest;
  expect(withoutPaths(built)).toEqual(withoutPaths(await sourceManifest()));
});

/** A bundle lies elsewhere than its source; nothing else may differ. */
function withoutPaths(manifest: Interfaces.Manifest): unknown {
  const plain = JSON.parse(JSON.stringify(manifest)) as Interfaces.Manifest;
  // In no order: that of the files is the file system's.
  const commands = Object.values(plain.commands).map((command) => [command.id, { ...command, relativePath: [] }]);
  return { ...plain, commands: Object.fromEntries(commands) as unknown };
}
