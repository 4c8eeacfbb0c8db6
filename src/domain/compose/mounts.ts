import { isList, isMap, isOn, type Json, joined, note, type Taken, textOf } from "./values.ts";

/** What a volume or a path of the compose file is called on a node. */
export interface Places {
  /** A volume's name in Docker: compose puts the project's name before it. */
  readonly volume: (name: string) => string;
  /** A path of the compose file, which counts from its folder, as an absolute one. */
  readonly path: (path: string) => string;
}

/** `volumes` of a service: short (`data:/data:ro`) or long, as `-v`, `--mount` and `--tmpfs`. */
export function mountsOf(value: Json | undefined, places: Places): Taken {
  return joined((isList(value) ? value : []).map((mount) => mountOf(mount, places)));
}

function mountOf(mount: Json, places: Places): Taken {
  const short = textOf(mount);
  if (short !== undefined) return shortMount(short, places);
  if (!isMap(mount)) return note("volumes: an entry is neither text nor a map; it is left out");
  const target = textOf(mount["target"]);
  const source = textOf(mount["source"]);
  if (target === undefined) return note("volumes: an entry has no target; it is left out");
  const readOnly = isOn(mount["read_only"]);
  switch (mount["type"]) {
    case "tmpfs": {
      const size = isMap(mount["tmpfs"]) ? textOf(mount["tmpfs"]["size"]) : undefined;
      return { args: ["--tmpfs", size === undefined ? target : `${target}:size=${size}`] };
    }
    case "bind":
      return bind(source ?? "", target, readOnly ? "ro" : "", places);
    case "volume": {
      const noCopy = isMap(mount["volume"]) && isOn(mount["volume"]["nocopy"]);
      const options = [readOnly ? "ro" : "", noCopy ? "nocopy" : ""].filter(Boolean).join(",");
      return { args: ["-v", spec(source === undefined ? "" : places.volume(source), target, options)] };
    }
    default:
      return note(`volumes: a mount of type ${textOf(mount["type"]) ?? "?"} is not known; it is left out`);
  }
}

function shortMount(text: string, places: Places): Taken {
  const [first = "", target, options = ""] = text.split(":");
  if (target === undefined) return { args: ["-v", first] };
  if (/^[.~/]/.test(first)) return bind(first, target, options, places);
  return { args: ["-v", spec(places.volume(first), target, options)] };
}

function bind(source: string, target: string, options: string, places: Places): Taken {
  const path = places.path(source);
  const args = ["-v", spec(path, target, options)];
  if (source.startsWith("/")) return { args };
  return {
    args,
    notes: [`volumes: ${source} counts from the compose file's folder here; on its node it must be at ${path}`],
  };
}

function spec(source: string, target: string, options: string): string {
  return [source, target, options].filter((part, index) => index === 1 || part !== "").join(":");
}
