import { Plugin } from "@oclif/core/config";
import { settings } from "@oclif/core/settings";
import type { Interfaces } from "@oclif/core";
import { readFile } from "node:fs/promises";

/** What oclif knows about the commands. `commands`: their folder below `root`; package.json's own when left out. */
export async function loadManifest(root: string, commands?: string): Promise<Interfaces.Manifest> {
  settings.enableAutoTranspile = false;
  const pjson = JSON.parse(await readFile(`${root}package.json`, "utf8")) as Interfaces.PJSON;
  if (commands !== undefined) pjson.oclif.commands = commands;
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
}
