import { chmodSync, mkdtempSync, readFileSync, statfsSync } from "node:fs";
import { freemem } from "node:os";

/** Labs five at once, and a Docker that builds an image, take some 4 GB. */
const roomBytes = 8 * 2 ** 30;

/**
 * A new folder in memory for temporary files; undefined where this machine has no room for one. Most of what tests do with
 * files is to sync small ones, thousands of times, which on a disk is a seventh of their processor time.
 */
export function memoryFolder(): string | undefined {
  const mount = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .findLast(([, at]) => at === "/dev/shm");
  if (mount?.[2] !== "tmpfs" || mount[3]?.split(",").includes("noexec") === true) return undefined;
  const { bavail, bsize } = statfsSync("/dev/shm");
  if (Math.min(bavail * bsize, freemem()) < roomBytes) return undefined;
  const folder = mkdtempSync("/dev/shm/pictl-");
  // As /tmp: tests log in as others, too.
  chmodSync(folder, 0o1777);
  return folder;
}
