import { entriesFor, parseKnownHosts, type HmacSha1 } from "./known-hosts.ts";

export type Edited =
  | { readonly ok: true; readonly text: string }
  /** 1-based line that speaks of the name through a pattern: other hosts depend on it. */
  | { readonly ok: false; readonly line: number };

/**
 * known_hosts without the keys of one name: its lines go, a line it shares with other names keeps those. Markers,
 * comments and lines that cannot be read stay.
 */
export function withoutHost(text: string, name: string, hmac: HmacSha1): Edited {
  const kept: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [entry] = entriesFor(name, parseKnownHosts(line, ""), hmac);
    if (!entry || entry.marker !== undefined) {
      kept.push(line);
      continue;
    }
    if (entry.hosts.startsWith("|")) continue;
    const others = entry.hosts.split(",").filter((host) => host.toLowerCase() !== name.toLowerCase());
    if (others.length === 0) continue;
    const rest = line.replace(entry.hosts, others.join(","));
    if (entriesFor(name, parseKnownHosts(rest, ""), hmac).length > 0) return { ok: false, line: index + 1 };
    kept.push(rest);
  }
  return { ok: true, text: kept.join("\n") };
}
