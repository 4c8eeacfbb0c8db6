import type { Config } from "../../domain/config/types.ts";
import { type ConfigPath, formatPath } from "../../domain/config/document/path.ts";
import type { Names } from "./complete.ts";

/** The names in the config, and none at all when it cannot be read: a completion has nowhere to complain. */
export async function readNames(configPath: string | undefined): Promise<Names> {
  try {
    const { openStore } = await import("../../context.ts");
    const store = await openStore(configPath);
    const { config, raw } = await store.read();
    return { ...namesOf(config), paths: pathsIn(raw) };
  } catch {
    return {
      nodes: [],
      labels: [],
      containers: [],
      copies: [],
      commands: [],
      vips: [],
      images: [],
      repositories: [],
      paths: [],
    };
  }
}

/** Everything that stands in a document, from the outside in: an object before what is in it. */
function pathsIn(value: unknown, at: ConfigPath = []): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...at, key];
    return [formatPath(path), ...pathsIn((value as Record<string | number, unknown>)[key], path)];
  });
}

function namesOf(config: Config): Omit<Names, "paths"> {
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
