import type { Config } from "../../domain/config/types.ts";
import type { Names } from "./complete.ts";

/** The names in the config, and none at all when it cannot be read: a completion has nowhere to complain. */
export async function readNames(configPath: string | undefined): Promise<Names> {
  try {
    const { openStore } = await import("../../context.ts");
    const store = await openStore(configPath);
    return namesOf((await store.read()).config);
  } catch {
    return { nodes: [], labels: [], containers: [], copies: [], commands: [], vips: [], images: [], repositories: [] };
  }
}

function namesOf(config: Config): Names {
  const labels = config.nodes.flatMap((node) => Object.entries(node.labels).map(([key, value]) => `${key}=${value}`));
  const containers = [...new Set(config.placements.map(({ container }) => container))];
  const images = [...new Set(config.placements.flatMap(({ image }) => image ?? []))];
  const copies = (name: string): string[] =>
    config.placements.filter(({ container }) => container === name).map(({ node }) => `${name}@${node}`);
  return {
    nodes: config.nodes.map(({ name }) => name),
    labels: [...new Set(labels)],
    containers: containers.flatMap((name) => (copies(name).length > 1 ? [name, ...copies(name)] : [name])),
    copies: containers.flatMap(copies),
    commands: config.commandlist.map(({ label }) => label),
    vips: config.vips.map(({ name }) => name),
    images,
    repositories: [...new Set(images.map((image) => image.replace(/@.*$|:[^/]*$/, "")))],
  };
}
