import type { Interfaces } from "@oclif/core";
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";
import { loadManifest } from "../../scripts/manifest.ts";

/** What oclif knows about the commands, read from the sources; a build need not have happened. */
export async function sourceManifest(): Promise<Interfaces.Manifest> {
  const unregister = register();
  try {
    return await loadManifest(fileURLToPath(new URL("../..", import.meta.url)), "./commands");
  } finally {
    await unregister();
  }
}
