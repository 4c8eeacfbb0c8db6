import { isHostAddress } from "./run-values.ts";

/** One `-p`: container ports and where they are published. A range has a `last` above its `first`. */
export interface PublishSpec {
  /** Empty for every address of the node. */
  readonly ip: string;
  /** Undefined when Docker chooses the port. */
  readonly hostPorts: PortRange | undefined;
  readonly containerPorts: PortRange;
  readonly protocol: "tcp" | "udp" | "sctp";
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `[[ip:][port[-port]]:]port[-port][/protocol]` (docker/go-connections, nat.ParsePortSpec), or says what is wrong. */
export function parsePublish(text: string): PublishSpec | string {
  if (text.includes("=")) return parseLongPublish(text);
  const slash = text.lastIndexOf("/");
  const protocol = slash === -1 ? "tcp" : text.slice(slash + 1).toLowerCase();
  const parts = split(slash === -1 ? text : text.slice(0, slash));
  if (parts === undefined) return expected;
  return spec({ ip: parts.ip, host: parts.host, container: parts.container, protocol });
}

const expected = "expected [ADDRESS:][PORT:]PORT[/tcp|udp|sctp], such as 80:80";

/** `target=80,published=8080,protocol=tcp,mode=host`, which the docker client takes too. */
function parseLongPublish(text: string): PublishSpec | string {
  const fields = new Map(
    text.split(",").map((field) => [field.split("=", 1)[0] ?? "", field.slice(field.indexOf("=") + 1)]),
  );
  return spec({
    ip: "",
    host: fields.get("published") ?? "",
    container: fields.get("target") ?? "",
    protocol: fields.get("protocol") ?? "tcp",
  });
}

function split(text: string): { ip: string; host: string; container: string } | undefined {
  const match = /^(?:(?:(?<ip>\[[^\]]*\]|[^[\]]*):)?(?<host>[^:]*):)?(?<container>[^:]+)$/.exec(text);
  if (match?.groups === undefined) return undefined;
  const { ip = "", host = "", container = "" } = match.groups;
  return { ip: ip.replace(/^\[|\]$/g, ""), host, container };
}

function spec(text: { ip: string; host: string; container: string; protocol: string }): PublishSpec | string {
  const { protocol } = text;
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") return `unknown protocol; ${expected}`;
  const containerPorts = range(text.container);
  const hostPorts = text.host === "" ? undefined : range(text.host);
  if (containerPorts === undefined || (text.host !== "" && hostPorts === undefined)) {
    return /^[\d:.[\]/-]+$/.test(text.host + text.container) ? `ports go from 1 to 65535; ${expected}` : expected;
  }
  if (hostPorts !== undefined && size(containerPorts) > 1 && size(hostPorts) !== size(containerPorts)) {
    return "the two port ranges differ in length";
  }
  if (!isHostAddress(text.ip)) return `${JSON.stringify(text.ip)} is no address; ${expected}`;
  return { ip: text.ip, hostPorts, containerPorts, protocol };
}

function range(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= 1 && first <= last && last <= 65535 ? { first, last } : undefined;
}

function size(range: PortRange): number {
  return range.last - range.first + 1;
}
