import { isList, isMap, type Json, joined, note, type Taken, textOf } from "./values.ts";

/** `ports`: short (`8080:80`) or long (`{target: 80, published: 8080}`), as `-p`. */
export function portsOf(value: Json | undefined): Taken {
  return joined((isList(value) ? value : []).map(portOf));
}

function portOf(port: Json): Taken {
  const short = textOf(port);
  if (short !== undefined) return published(short);
  if (!isMap(port)) return note("ports: an entry is neither text nor a map; it is left out");
  const target = textOf(port["target"]);
  if (target === undefined) return note("ports: an entry has no target; it is left out");
  const protocol = textOf(port["protocol"]) ?? "tcp";
  const host = textOf(port["host_ip"]);
  const parts = [...(host === undefined ? [] : [bracketed(host)]), textOf(port["published"]) ?? "", target];
  const spec = parts.filter((part, index) => part !== "" || index === parts.length - 2).join(":");
  return published(`${spec.replace(/^:/, "")}${protocol === "tcp" ? "" : `/${protocol}`}`);
}

function published(spec: string): Taken {
  const args = ["-p", spec];
  if (spec.replace(/\[.*\]:?/, "").includes(":")) return { args };
  return {
    args,
    notes: [`ports: ${spec} gets another free port of the node with each new copy; write NODEPORT:${spec} to keep one`],
  };
}

function bracketed(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}
