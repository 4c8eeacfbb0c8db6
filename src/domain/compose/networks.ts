import { quote } from "../shell.ts";
import {
  isList,
  isMap,
  isOn,
  type Json,
  joined,
  note,
  nothing,
  pairsOf,
  type Taken,
  textOf,
  textsOf,
} from "./values.ts";

/** How a compose file's networks are called in Docker: the project's name stands before them. */
export type NetworkName = (name: string) => string;

/** `network_mode` or `networks` of a service. Without both it is in the project's default network. */
export function networksOf(service: Readonly<Record<string, Json>>, name: string, networkName: NetworkName): Taken {
  const mode = textOf(service["network_mode"]);
  if (mode?.startsWith("service:") === true)
    return { args: ["--network", `container:${mode.slice("service:".length)}`] };
  if (mode !== undefined) return { args: ["--network", mode] };
  const wanted = joinedNetworks(service["networks"]);
  const [first = ["default", null] as const, ...more] = wanted;
  const [network, options] = first;
  const settings = isMap(options) ? options : {};
  const aliases = [name, ...textsOf(settings["aliases"])];
  return joined([
    { args: ["--network", networkName(network), ...aliases.flatMap((alias) => ["--network-alias", alias])] },
    ...(["ip", "ip6"] as const).map((flag) => {
      const address = textOf(settings[flag === "ip" ? "ipv4_address" : "ipv6_address"]);
      return address === undefined ? nothing : { args: [`--${flag}`, address] };
    }),
    more.length === 0
      ? nothing
      : note(
          `networks: a container is in one network, ${networkName(network)}; not in ${more.map(([other]) => networkName(other)).join(", ")}, since Docker before version 25 takes one only`,
        ),
  ]);
}

/** Networks that a service says it is in. */
export function networksIn(service: Readonly<Record<string, Json>>): readonly string[] {
  if (service["network_mode"] !== undefined) return [];
  const names = joinedNetworks(service["networks"]).map(([name]) => name);
  return names.length === 0 ? ["default"] : names.slice(0, 1);
}

/** A network at the top level, as arguments of `docker network create`; undefined for one that somebody else makes. */
export function networkArgs(value: Json | undefined): string | undefined {
  if (!isMap(value)) return "";
  if (isOn(value["external"]) || isMap(value["external"])) return undefined;
  const ipam = isMap(value["ipam"]) ? value["ipam"] : {};
  const subnets = isList(ipam["config"]) ? ipam["config"].filter((each) => isMap(each)) : [];
  const words = [
    ...flag("--driver", value["driver"]),
    ...(isOn(value["internal"]) ? ["--internal"] : []),
    ...(isOn(value["enable_ipv6"]) ? ["--ipv6"] : []),
    ...subnets.flatMap((each) => [
      ...flag("--subnet", each["subnet"]),
      ...flag("--gateway", each["gateway"]),
      ...flag("--ip-range", each["ip_range"]),
    ]),
    ...pairsOf(value["driver_opts"]).flatMap(([name, text = ""]) => ["--opt", `${name}=${text}`]),
  ];
  return words.map(quote).join(" ");
}

function flag(name: string, value: Json | undefined): string[] {
  const text = textOf(value);
  return text === undefined ? [] : [name, text];
}

function joinedNetworks(value: Json | undefined): (readonly [name: string, options: Json])[] {
  if (isMap(value)) return Object.entries(value);
  return textsOf(value).map((name) => [name, null] as const);
}
