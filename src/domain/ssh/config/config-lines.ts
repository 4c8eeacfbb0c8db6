/**
 * Just enough of ssh_config(5) to know for which hosts OpenSSH would give the same answer, so that it need not be
 * asked (a process each) for every one of many nodes. What the options mean is left to OpenSSH.
 */
import { matchesPatterns } from "../pattern.ts";

export interface ConfigLine {
  /** Lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
}

export function parseConfigLines(text: string): ConfigLine[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line);
    if (!match) return [];
    const words = [...(match[2] ?? "").matchAll(/"([^"]*)"|([^\s"]+)/g)].map((word) => word[1] ?? word[2] ?? "");
    return [{ keyword: (match[1] ?? "").toLowerCase(), words }];
  });
}

/** The options that pictl looks at. */
const heeded = new Set([
  "addressfamily",
  "canonicalizehostname",
  "certificatefile",
  "connecttimeout",
  "globalknownhostsfile",
  "hashknownhosts",
  "hostkeyalias",
  "hostname",
  "identitiesonly",
  "identityagent",
  "identityfile",
  "match",
  "port",
  "proxycommand",
  "proxyjump",
  "serveralivecountmax",
  "serveraliveinterval",
  "stricthostkeychecking",
  "user",
  "userknownhostsfile",
]);

/** Expanded when a connection is made, not when OpenSSH tells its options. */
const expandedLater = new Set(["proxycommand", "controlpath", "localcommand", "remotecommand", "knownhostscommand"]);

/**
 * The options where they are the same for every host and plain to see, as on a machine that nobody configured.
 * undefined: OpenSSH has to be asked.
 */
export function plainOptions(lines: readonly ConfigLine[]): Map<string, string[]> | undefined {
  const options = new Map<string, string[]>();
  for (const { keyword, words } of lines) {
    if (keyword === "host" && words.join() !== "*") return undefined;
    if (!heeded.has(keyword)) continue;
    if (keyword !== "hashknownhosts") return undefined;
    if (!options.has(keyword)) options.set(keyword, [...words]);
  }
  return options;
}

/**
 * Hosts with the same class have the same options but for their own name as HostName. undefined: this host has to be
 * asked about by itself.
 */
export function hostClass(lines: readonly ConfigLine[], host: string): string | undefined {
  let bits = "";
  for (const { keyword, words } of lines) {
    if (keyword === "host") bits += matchesPatterns(words, host) ? "1" : "0";
    if (keyword === "match" && words.join(" ").toLowerCase() !== "all") return undefined;
    if (keyword === "canonicalizehostname" && words[0]?.toLowerCase() !== "no") return undefined;
    if (keyword === "hostname" && words[0]?.toLowerCase() === host.toLowerCase()) return undefined;
    if (!expandedLater.has(keyword) && words.some((word) => /%[hnkCHjK]/.test(word))) return undefined;
  }
  return bits;
}
