import { type Command, script, words } from "../shell.ts";

/** Commands that copy a folder or a file from one node to another; all need root. */

/** A folder with all that is in it, or one file. */
export interface DataPlace {
  readonly path: string;
  readonly isFile: boolean;
}

/** Says where the volume lies, who keeps it (`local` is Docker itself) and how many options it is mounted with. */
export function inspectVolume(name: string): Command {
  return words("docker", "volume", "inspect", "--format", "{{.Driver}} {{len .Options}} {{.Mountpoint}}", name);
}

/** Undefined for a volume that another driver keeps or that options mount from elsewhere: unused, its folder is empty. */
export function parseVolumePath(answer: string): string | undefined {
  return /^local 0 (\/.*)$/.exec(answer.trimEnd())?.[1];
}

/** Says `file`, or ends with code 73 for what is neither a file nor a folder: a socket, a fifo, a device. */
export function kindOf(path: string): Command {
  return script('[ -d "$1" ] || { [ -f "$1" ] && echo file; } || exit 73', path);
}

/**
 * Ends with code 73 when something is there that a copy would mix with, and with another one when nobody knows. Docker
 * makes an empty folder of a missing file. The dot: a name may be a newline.
 */
export function lookAtPlace({ path }: DataPlace): Command {
  return script(
    `[ -e "$1" ] || [ -L "$1" ] || exit 0
[ -d "$1" ] || exit 73
list=$(ls -A "$1" && echo .) || exit
[ "$list" = . ] || exit 73`,
    path,
  );
}

/** Says which of these are not there, one a line. */
export function listMissing(paths: readonly string[]): Command {
  return script('for each do [ -e "$each" ] || printf "%s\\n" "$each"; done', ...paths);
}

/** Makes the folders that are missing, and makes way for a file. */
export function prepare(place: DataPlace): Command {
  return place.isFile
    ? script('mkdir -p "$1" && { [ ! -d "$2" ] || rmdir "$2"; }', parts(place).folder, place.path)
    : script('mkdir -p "$1"', place.path);
}

/** Takes away what was copied to a place where nothing was; `incoming`: where it was unpacked before. */
export function clear({ path, isFile }: DataPlace, incoming: string): Command {
  return isFile
    ? script('rm -rf "$2"; rm -f "$1"', path, incoming)
    : script('[ ! -d "$1" ] || find "$1" -mindepth 1 -delete', path);
}

/**
 * One SHA-256 over all that a copy takes along: names, contents, links, empty folders, owners and modes, the same wherever
 * they lie and whichever userland the node has (GNU, busybox). Fails where something cannot be read.
 */
export function hash({ path, isFile }: DataPlace): Command {
  return isFile ? script('sha256sum <"$1" && stat -c "%f %u %g" "$1"', path) : script(hashOfFolder, path);
}

// `%f`: type and mode. No tar takes sockets along, and busybox's no owners of links. GNU's sha256sum escapes odd names,
// and busybox's does not; so they are hashed themselves, one by one. How the list ends goes round the pipe, which would
// hide it.
const hashOfFolder = `
cd "$1" || exit
export LC_ALL=C
odd="*[\\\\\\\\$(printf '\\n\\r')]*"
list() {
  find . ! -type s ! -type l ! -path "$odd" -exec stat -c '%f %u %g %n' {} + &&
    find . -type f ! -path "$odd" -exec sha256sum {} + &&
    find . -type l ! -path "$odd" -exec sh -c 'for each do
      printf "%s -> " "$each" && readlink "$each" || exit
    done' sh {} + &&
    find . ! -type s -path "$odd" -exec sh -c 'for each do
      name=$(printf %s "$each" | sha256sum) || exit
      data=
      if [ -L "$each" ]; then facts=$(readlink "$each"); else facts=$(stat -c "%f %u %g" "$each"); fi || exit
      if [ -f "$each" ] && [ ! -L "$each" ]; then data=$(sha256sum <"$each") || exit; fi
      printf "%s %s %s\\n" "$name" "$facts" "$data"
    done' sh {} +
}
exec 4>&1
code=$({ { list; echo "$?" >&3; } | sort | sha256sum >&4; } 3>&1)
exit "$code"`;

/** The folder to work in and what there is meant; names are never taken for options. */
export function parts({ path, isFile }: DataPlace): { readonly folder: string; readonly entry: string } {
  if (!isFile) return { folder: path, entry: "." };
  const slash = path.lastIndexOf("/");
  return { folder: path.slice(0, slash) || "/", entry: `./${path.slice(slash + 1)}` };
}
