import { quote } from "../shell.ts";
import { isList, isMap, isOn, type Json, joined, note, pairsOf, type Taken, textOf } from "./values.ts";

/** What a volume or a path of the compose file is called on a node. */
export interface Places {
  /** A volume's name in Docker: compose puts the project's name before it. */
  readonly volume: (name: string) => string;
  /** A path of the compose file, which counts from its folder, as an absolute one. */
  readonly path: (path: string) => string;
}

/** What makes a volume that is not Docker's plain one; undefined for one that a `-v` makes by itself. */
export function volumeCommand(name: string, definition: Json | undefined): string | undefined {
  if (!isMap(definition) || definition["external"] !== undefined) return undefined;
  const driver = textOf(definition["driver"]);
  const options = pairsOf(definition["driver_opts"] ?? null).map(([key, value]) => `${key}=${value ?? ""}`);
  if ((driver === undefined || driver === "local") && options.length === 0) return undefined;
  const words = [
    ...(driver === undefined ? [] : ["--driver", driver]),
    ...options.flatMap((each) => ["--opt", each]),
    name,
  ];
  return ["docker volume create", ...words.map(quote)].join(" ");
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
      const { size, mode } = isMap(mount["tmpfs"]) ? mount["tmpfs"] : {};
      const told = Object.entries({ size, mode }).flatMap(([key, value]) => {
        const text = textOf(value);
        return text === undefined ? [] : [`${key}=${text}`];
      });
      return { args: ["--tmpfs", told.length === 0 ? target : `${target}:${told.join(",")}`] };
    }
    case "bind": {
      const more = isMap(mount["bind"]) ? mount["bind"] : {};
      const options = [readOnly ? "ro" : "", textOf(more["propagation"]), textOf(more["selinux"])];
      return bind(source ?? "", target, options.filter(Boolean).join(","), places);
    }
    case "volume": {
      const more = isMap(mount["volume"]) ? mount["volume"] : {};
      const options = [readOnly ? "ro" : "", isOn(more["nocopy"]) ? "nocopy" : ""].filter(Boolean).join(",");
      const args = ["-v", spec(source === undefined ? "" : places.volume(source), target, options)];
      if (more["subpath"] === undefined) return { args };
      return {
        args,
        notes: [`volumes: the whole of ${source ?? "it"} is mounted at ${target}, not its subpath alone`],
      };
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
