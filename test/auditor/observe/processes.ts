import { readdirSync, readlinkSync } from "node:fs";
import { now, type SecretSeen, type Usage } from "../history.ts";
import { read } from "./nodes.ts";

/** What a process uses now; undefined when it is gone. */
export function usage(pid: number): Usage | undefined {
  const at = now();
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  if (rss === undefined) return undefined;
  const folder = `/proc/${pid}/fd`;
  const open = list(folder).flatMap((name) => link(`${folder}/${name}`));
  const sockets = open.filter((target) => target.startsWith("socket:")).length;
  return { kind: "usage", at, pid, rssBytes: Number(rss) * 1024, descriptors: open.length, sockets };
}

/** Processes of this machine, nodes included, whose command line holds a canary. */
export function canariesShown(canaries: readonly string[]): SecretSeen[] {
  const at = now();
  return list("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const commandLine = read(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
      const shown = canaries.some((canary) => commandLine.includes(canary));
      return shown ? [{ kind: "secret" as const, at, pid: Number(name), commandLine: commandLine.slice(0, 500) }] : [];
    });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function link(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
