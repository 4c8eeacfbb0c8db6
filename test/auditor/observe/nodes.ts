import { readFileSync } from "node:fs";
import type { WatchedNode } from "../recorder-options.ts";

/** The node's first process as this machine sees it; undefined when the node has no power. */
export function firstProcess(node: WatchedNode): number | undefined {
  const holder = processIn(node.holderFile);
  if (holder === undefined) return undefined;
  const [pid] = read(`/proc/${holder}/task/${holder}/children`).split(" ");
  return pid === undefined || pid === "" ? undefined : Number(pid);
}

/** The process that a lab wrote down in a file, while it lives. */
export function processIn(file: string): number | undefined {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; startTime: string };
    const stat = read(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] === startTime ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Empty when there is nothing to read. */
export function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
