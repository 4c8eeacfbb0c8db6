import { type Command, script, words } from "../shell.ts";

/** Commands that copy a folder from one node to another; all need root. */

export function volumePath(name: string): Command {
  return words("docker", "volume", "inspect", "--format", "{{.Mountpoint}}", name);
}

export function createVolume(name: string): Command {
  return words("docker", "volume", "create", name);
}

/** Owners travel as numbers: a name may be another user on the other node. */
export function packFolder(path: string): Command {
  return words("tar", "--numeric-owner", "-C", path, "-cf", "-", ".");
}

export function unpackFolder(path: string): Command {
  return words("tar", "--numeric-owner", "-C", path, "-xpf", "-");
}

/** Makes the folder where it is missing; ends with code 73 when something is in it, which a copy would mix with. */
export function prepareFolder(path: string): Command {
  return script('mkdir -p "$1" && [ -z "$(ls -A "$1")" ] || exit 73', path);
}

/** One SHA-256 over the names and contents of all files below a folder, the same wherever they lie. */
export function hashFolder(path: string): Command {
  return script('cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum', path);
}
