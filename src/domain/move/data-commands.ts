import { type Command, script, words } from "../shell.ts";

/** Commands that copy a folder or a file from one node to another; all need root. */

/** A folder with all that is in it, or one file. */
export interface Place {
  readonly path: string;
  readonly isFile: boolean;
}

export function volumePath(name: string): Command {
  return words("docker", "volume", "inspect", "--format", "{{.Mountpoint}}", name);
}

export function createVolume(name: string): Command {
  return words("docker", "volume", "create", name);
}

/** Says `file`, or ends with code 73 for what is neither a file nor a folder: a socket, a fifo, a device. */
export function kindOf(path: string): Command {
  return script('[ -d "$1" ] || { [ -f "$1" ] && echo file; } || exit 73', path);
}

/** Owners travel as numbers: a name may be another user on the other node. */
export function pack(place: Place): Command {
  const { folder, entry } = parts(place);
  return words("tar", "--numeric-owner", "-C", folder, "-cf", "-", entry);
}

export function unpack(place: Place): Command {
  return words("tar", "--numeric-owner", "-C", parts(place).folder, "-xpf", "-");
}

/**
 * Ends with code 73 when something is there that a copy would mix with, and with another one when nobody knows. Docker
 * makes an empty folder of a missing file. The dot: a name may be a newline.
 */
export function lookAtPlace({ path }: Place): Command {
  return script(
    `[ -e "$1" ] || [ -L "$1" ] || exit 0
[ -d "$1" ] || exit 73
list=$(ls -A "$1" && echo .) || exit
[ "$list" = . ] || exit 73`,
    path,
  );
}

/** Makes the folders that are missing, and makes way for a file. */
export function prepare(place: Place): Command {
  return place.isFile
    ? script('mkdir -p "$1" && { [ ! -d "$2" ] || rmdir "$2"; }', parts(place).folder, place.path)
    : script('mkdir -p "$1"', place.path);
}

/** Takes away what was copied to a place where nothing was. */
export function clear({ path, isFile }: Place): Command {
  return isFile ? script('rm -f "$1"', path) : script('[ ! -d "$1" ] || find "$1" -mindepth 1 -delete', path);
}

/** One SHA-256 over the names and contents of all files, the same wherever they lie. */
export function hash({ path, isFile }: Place): Command {
  return isFile
    ? script('sha256sum <"$1"', path)
    : script('cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum', path);
}

function parts({ path, isFile }: Place): { readonly folder: string; readonly entry: string } {
  if (!isFile) return { folder: path, entry: "." };
  const slash = path.lastIndexOf("/");
  return { folder: path.slice(0, slash) || "/", entry: `./${path.slice(slash + 1)}` };
}
