import { parseRunArgs } from "../../src/domain/docker/run/run-args.ts";

/** A docker client command that changes something, understood. */
export type DockerChange =
  | {
      /** `create`: it is not started. */
      readonly do: "run" | "create";
      readonly name: string;
      readonly image: string;
      readonly pull: "never" | "missing";
      readonly labels: Readonly<Record<string, string>>;
      readonly restart: string;
      readonly hostPorts: readonly number[];
    }
  | { readonly do: "start" | "stop" | "restart" | "unpause"; readonly name: string }
  | { readonly do: "rename"; readonly name: string; readonly to: string }
  | { readonly do: "rm"; readonly name: string; readonly force: boolean; readonly volumes: boolean }
  | { readonly do: "update"; readonly name: string; readonly restart: string }
  | { readonly do: "pull"; readonly image: string; readonly label?: readonly [string, string] }
  | { readonly do: "volume-rm"; readonly names: readonly string[] };

/** Reads the words of src/domain/docker/client/commands.ts. Throws a RangeError for what the simulation does not know. */
export function parseDocker(words: readonly string[]): DockerChange {
  const [program, noun, verb, ...rest] = words;
  if (program !== "docker") throw new RangeError(`no docker command: ${words.join(" ")}`);
  if (noun === "build") return build(words.slice(2));
  if (noun === "volume" && verb === "rm") return { do: "volume-rm", names: rest };
  // A second name of an image decides nothing here.
  if (noun === "image" && (verb === "tag" || verb === "rm")) return { do: "volume-rm", names: [] };
  if (noun === "image" && verb === "pull") return { do: "pull", image: rest.at(-1) ?? "" };
  const change = noun === "container" ? container(verb ?? "", rest) : undefined;
  if (!change) throw new RangeError(`the simulation does not know \`${words.join(" ")}\``);
  return change;
}

function container(verb: string, rest: readonly string[]): DockerChange | undefined {
  const name = rest.at(-1) ?? "";
  switch (verb) {
    case "run":
    case "create":
      return run(verb, rest);
    case "start":
    case "stop":
    case "restart":
    case "unpause":
      return { do: verb, name };
    case "rename":
      return { do: "rename", name: rest[0] ?? "", to: name };
    case "rm": {
      const volumes = rest.includes("--volumes") || rest.includes("-v");
      return { do: "rm", name, force: rest.includes("--force"), volumes };
    }
    case "update":
      return { do: "update", name, restart: rest.find((word) => word.startsWith("--restart="))?.slice(10) ?? "no" };
    default:
      return undefined;
  }
}

function run(verb: "run" | "create", rest: readonly string[]): DockerChange {
  const image = rest.at(-1) ?? "";
  const args = rest.filter((word) => word !== "--detach").slice(0, -1);
  const parsed = parseRunArgs(args);
  return {
    do: verb,
    name: args[args.indexOf("--name") + 1] ?? "",
    image,
    pull: args.includes("--pull=never") ? "never" : "missing",
    labels: parsed.labels,
    restart: parsed.restart ?? "no",
    hostPorts: parsed.published.flatMap(({ hostPorts }) => (hostPorts ? [hostPorts.first] : [])),
  };
}

function build(rest: readonly string[]): DockerChange {
  const label = rest[rest.indexOf("--label") + 1] ?? "";
  const equals = label.indexOf("=");
  return {
    do: "pull",
    image: rest[rest.indexOf("--tag") + 1] ?? "",
    ...(rest.includes("--label") ? { label: [label.slice(0, equals), label.slice(equals + 1)] } : {}),
  };
}
