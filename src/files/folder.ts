import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Why somebody else could put links and files of theirs into this folder, or another folder in its place; undefined when
 * nobody can. `trusted`: the user ids that may. A folder that is not there yet is as safe as the ones above it.
 * `remedy`: the words of a command. What cannot be looked at is left to who reads or writes there.
 */
export async function whyOthersMayWrite(
  folder: string,
  trusted: readonly number[],
): Promise<{ readonly what: string; readonly remedy: readonly string[] } | undefined> {
  const stats = await statIfThere(folder);
  if (stats?.isDirectory() === true) {
    if (!trusted.includes(stats.uid)) {
      return { what: `belongs to another user (${String(stats.uid)})`, remedy: ["chown", String(trusted[0]), folder] };
    }
    if ((stats.mode & 0o022) !== 0) {
      return { what: `may be written by others (mode ${octal(stats)})`, remedy: ["chmod", "go-w", folder] };
    }
  }
  for (let above = dirname(folder), below = folder; below !== above; below = above, above = dirname(above)) {
    const parent = await statIfThere(above);
    // In a sticky folder, such as /tmp, nobody moves away what is another's.
    if (parent === undefined || (parent.mode & 0o002) === 0 || (parent.mode & 0o1000) !== 0) continue;
    return {
      what: `lies in ${above}, which everybody may write (mode ${octal(parent)})`,
      remedy: ["chmod", "o-w", above],
    };
  }
  return undefined;
}

function statIfThere(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

function octal({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
