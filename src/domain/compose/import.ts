import { isContainerName } from "../config/findings/names.ts";
import { PictlError } from "../errors.ts";
import { interpolate, type Lookup } from "./interpolate.ts";
import { volumeCommand } from "./mounts.ts";
import { networkArgs, networksIn } from "./networks.ts";
import { entryOf } from "./service.ts";
import { isSecretName } from "../secrets/secret-name.ts";
import { isMap, type Json, pairsOf, textOf, textsOf } from "./values.ts";

/** A compose file, and where it is. */
export interface ComposeFile {
  /** As it was parsed: nothing is put in for its variables. */
  readonly document: Json;
  /** The name of its folder: the project's, unless the file or a person says another. */
  readonly folderName: string;
  /** The environment, and the `.env` file beside it. */
  readonly lookup: Lookup;
  /** A path that counts from its folder, as an absolute one. */
  readonly absolute: (path: string) => string;
  /** The same as the config is to say it: counted from the config's folder where it is below that. */
  readonly local: (path: string) => string;
}

export interface ImportOptions {
  /** Services to import; all that no profile holds back when it is empty. */
  readonly services: readonly string[];
  readonly profiles: readonly string[];
  readonly project: string | undefined;
}

export interface Imported {
  readonly services: readonly {
    readonly service: string;
    /** The layout entry's name: `container_name`, else the service's. */
    readonly name: string;
    readonly entry: Readonly<Record<string, unknown>>;
    /** What is left out or different, each with the reason. */
    readonly notes: readonly string[];
  }[];
  /** For `networks` of the config: arguments of `docker network create`. */
  readonly networks: Readonly<Record<string, string>>;
  /** Of the file as a whole. */
  readonly notes: readonly string[];
}

/**
 * The layout entries that a compose file's services become (compose-spec, 05-services.md). Volumes and networks keep the
 * names that compose gives them (`PROJECT_NAME`), so that data of before is found. Throws compose-invalid, and usage
 * for a service that the file does not have.
 */
export function importCompose(file: ComposeFile, options: ImportOptions): Imported {
  const { value, unset } = interpolate(withReferences(file.document), file.lookup);
  const root = isMap(value) ? value : {};
  const services = isMap(root["services"]) ? root["services"] : undefined;
  if (services === undefined) {
    throw new PictlError("compose-invalid", "The file has no `services`, so it is no compose file.", {
      hint: "Name a compose.yaml with services in it.",
    });
  }
  const project = projectName(options.project ?? textOf(root["name"]) ?? file.folderName);
  const wanted = chosen(services, options);
  const entryName = (service: string): string => {
    const found = services[service];
    return (isMap(found) ? textOf(found["container_name"]) : undefined) ?? service;
  };
  const resource = (section: string) => (name: string) => {
    const section_ = root[section];
    const found = isMap(section_) ? section_[name] : undefined;
    if (!isMap(found)) return `${project}_${name}`;
    const external = isMap(found["external"]) ? textOf(found["external"]["name"]) : undefined;
    return textOf(found["name"]) ?? external ?? (found["external"] === true ? name : `${project}_${name}`);
  };
  const network = resource("networks");
  const used = new Set(wanted.flatMap(([, service]) => networksIn(service)));
  const topNetworks = isMap(root["networks"]) ? root["networks"] : {};
  const topVolumes = isMap(root["volumes"]) ? root["volumes"] : {};
  const made = [...used].map((name) => [network(name), networkArgs(topNetworks[name])] as const);
  return {
    services: wanted.map(([service, definition]) => {
      const name = entryName(service);
      if (!isContainerName(name))
        throw new PictlError(
          "compose-invalid",
          `The service ${service} would be called ${JSON.stringify(name)}, which cannot be a container's name.`,
        );
      if (
        definition["image"] === undefined &&
        definition["build"] === undefined &&
        definition["extends"] === undefined
      ) {
        throw new PictlError("compose-invalid", `The service ${service} has neither an image nor a build folder.`, {
          hint: "Give it `image` or `build`.",
        });
      }
      const around = {
        volume: resource("volumes"),
        path: file.absolute,
        local: file.local,
        network,
        entryName,
        isMeantToEnd: wanted.some(([, other]) => waitsForEnd(other, service)),
      };
      return { service, name, ...entryOf(service, definition, around) };
    }),
    networks: Object.fromEntries(made.flatMap(([name, args]) => (args === undefined ? [] : [[name, args] as const]))),
    notes: [
      ...made
        .filter(([, args]) => args === undefined)
        .map(([name]) => `networks: ${name} is made by somebody else; it must be on the node before`),
      ...Object.entries(topVolumes).flatMap(([name, definition]) => {
        const command = volumeCommand(resource("volumes")(name), definition);
        return command === undefined ? [] : [`volumes: ${name} is made on its nodes first: \`${command}\``];
      }),
      ...unset.map((name) => `the variable ${name} has no value, and is empty`),
      ...["include", "configs", "secrets"]
        .filter((key) => root[key] !== undefined)
        .map((key) => `${key}: ${topReasons[key] ?? ""}`),
    ],
  };
}

/** Secrets of the environment stay there: where a variable is nothing but one of these, the entry says `env:NAME`. */
function withReferences(document: Json): Json {
  if (!isMap(document) || !isMap(document["services"])) return document;
  const services = Object.entries(document["services"]).map(([name, service]) => {
    if (!isMap(service) || service["environment"] === undefined) return [name, service] as const;
    const environment = pairsOf(service["environment"]).map(([variable, text]) => {
      const reference = isSecretName(variable) ? /^\$(?:(\w+)|\{(\w+)(?::?\?.*)?\})$/.exec(text ?? "") : null;
      const from = reference?.[1] ?? reference?.[2];
      return [variable, from === undefined ? (text ?? null) : `env:${from}`] as const;
    });
    return [name, { ...service, environment: Object.fromEntries(environment) }] as const;
  });
  return { ...document, services: Object.fromEntries(services) };
}

const topReasons: Readonly<Record<string, string>> = {
  include: "run `docker compose config` first, and import what it prints",
  configs: "put the files on the nodes and mount them with `volumes`",
  secrets: "give them as `secrets` of an entry: variables whose values stay out of command lines",
};

function chosen(
  services: Readonly<Record<string, Json>>,
  { services: names, profiles }: ImportOptions,
): [string, Readonly<Record<string, Json>>][] {
  const unknown = names.find((name) => !Object.hasOwn(services, name));
  if (unknown !== undefined) {
    throw new PictlError("usage", `The compose file has no service ${JSON.stringify(unknown)}.`, {
      hint: `It has ${Object.keys(services).join(", ")}.`,
    });
  }
  return Object.entries(services).flatMap(([name, service]) => {
    const definition = isMap(service) ? service : {};
    const of = textsOf(definition["profiles"]);
    const isWanted =
      names.length > 0 ? names.includes(name) : of.length === 0 || of.some((each) => profiles.includes(each));
    return isWanted ? [[name, definition] as [string, Readonly<Record<string, Json>>]] : [];
  });
}

/** As compose makes a project's name of a folder's: small letters, digits, - and _. */
function projectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

function waitsForEnd(service: Readonly<Record<string, Json>>, name: string): boolean {
  const needs = service["depends_on"];
  const need = isMap(needs) ? needs[name] : undefined;
  return isMap(need) && need["condition"] === "service_completed_successfully";
}
