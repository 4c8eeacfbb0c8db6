import { Plugin } from "@oclif/core/config";
import type { Interfaces } from "@oclif/core";
import { settings } from "@oclif/core/settings";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

/** What oclif knows about the commands, read from the sources; a build need not have happened. */
export async function sourceManifest(): Promise<Interfaces.Manifest> {
  const unregister = register();
  settings.enableAutoTranspile = false;
  try {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const pjson = JSON.parse(await readFile(`${root}package.json`, "utf8")) as Interfaces.PJSON;
    pjson.oclif.commands = "./commands";
    const plugin = new Plugin({
      root,
      pjson,
      isRoot: true,
      ignoreManifest: true,
      errorOnManifestCreate: true,
      respectNoCacheDefault: true,
    });
    await plugin.load();
    return plugin.manifest;
  } finally {
    await unregister();
  }
}
