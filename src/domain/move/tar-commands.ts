import { type Command, script } from "../shell.ts";
import { type DataPlace, parts } from "./data-commands.ts";

/**
 * Commands that pack data on one node and unpack it on another; all need root. The node that packs may be anybody's by now,
 * so that what it sends is unpacked where nothing looks for it, looked at there, and only then put in its place.
 */

/** What both ends' tars keep: `all`, or with a busybox's at either end only what is in a header of 1988. */
export type Keeps = "all" | "plain";

/** Says whether tar is one that keeps everything, or whose it is (`BusyBox v1.35.0 …`). */
export const tarKind: Command = script(
  "help=$(tar --help 2>&1 | head -c 10000); case $help in *--xattrs*) echo all ;; *) printf '%s\\n' \"$help\" | head -n 1 ;; esac",
);

/**
 * The version of a busybox whose tar writes through a link that is in what it unpacks (before 1.28, CVE-2011-5325): who
 * sends it could write anywhere. undefined for every other tar. `kind`: what `tarKind` says.
 */
export function followsLinks(kind: string): string | undefined {
  const [, version = "", major, minor] = /^BusyBox v((\d+)\.(\d+)\S*)/.exec(kind) ?? [];
  return Number(major) < 1 || (Number(major) === 1 && Number(minor) < 28) ? version : undefined;
}

/** What `Keeps` leaves out, for people. */
export const lostWithPlainTar =
  "extended attributes (capabilities too), ACLs, holes of sparse files and fractions of times";

// Not `security.selinux`: it is the node's own, and Docker's to set.
const attributes = [
  "--xattrs",
  "--xattrs-include=user.*",
  "--xattrs-include=trusted.*",
  "--xattrs-include=security.capability",
  "--acls",
];

/** Owners travel as numbers: a name may be another user on the other node. */
export function pack(place: DataPlace, keeps: Keeps): Command {
  const { folder, entry } = parts(place);
  const posix = ["--format=posix", "--pax-option=delete=atime,delete=ctime", "--sparse"];
  const options = keeps === "all" ? [...attributes, ...posix] : [];
  return script(
    'folder=$1 entry=$2; shift 2; exec tar --numeric-owner "$@" -C "$folder" -cf - "$entry"',
    folder,
    entry,
    ...options,
  );
}

/** Unpacks what comes by stdin into `unpacked`, in a fresh folder that nobody else may enter; of a file nothing but itself. */
export function unpack(place: DataPlace, keeps: Keeps): Command {
  const names = place.isFile ? [parts(place).entry] : [];
  return script(
    `in=$1 names=$2; shift 2
umask 077
rm -rf "$in" && mkdir "$in" "$in/it" || exit
if [ -n "$names" ]; then exec tar --numeric-owner "$@" -C "$in/it" -xpf - "$names"; fi
exec tar --numeric-owner "$@" -C "$in/it" -xpf -`,
    incoming(place),
    names.join(""),
    ...(keeps === "all" ? attributes : []),
  );
}

/** Where data is unpacked: within the folder, or beside the file, so that it only has to be renamed. */
export function incoming(place: DataPlace): string {
  const { folder, entry } = parts(place);
  return `${folder === "/" ? "" : folder}/.pictl-incoming${place.isFile ? `-${entry.slice(2, 102)}` : ""}`;
}

/** What was unpacked there; its folder has the mode that the other node gave it. */
export function unpacked(place: DataPlace): DataPlace {
  return { path: `${incoming(place)}/it${place.isFile ? parts(place).entry.slice(1) : ""}`, isFile: place.isFile };
}

/**
 * Lists what may give rights to who uses it: devices, files that run as their owner or group, and with `all` files with
 * capabilities. A line each. `inUse`: files may come and go meanwhile, and those that do are not listed.
 */
export function listPowers(place: DataPlace, keeps: Keeps, { inUse }: { readonly inUse: boolean }): Command {
  const { folder, entry } = parts(place);
  return script(
    `${factsOfTar}
cd "$1" || exit
find "$2" \\( -type b -o -type c -o -type f \\( -perm -4000 -o -perm -2000 \\) \\) -exec stat -c '%A %u:%g %t:%T %n' {} + || $4 || exit
[ "$3" = all ] || exit 0
facts=$(facts "$2") || $4 || exit
printf '%s\\n' "$facts" | awk '
  /^  x: .* security\\.capability$/ { print "capabilities " name; next }
  /^  / { next }
  { name = $0; for (i = 0; i < 5; i++) sub(/^[^ ]+ +/, "", name) }'`,
    folder,
    entry,
    keeps,
    String(inUse),
  );
}

/**
 * Says what tar sees of all that is there: names, modes, owners, sizes, times to the nanosecond, attributes and ACLs; one
 * SHA-256. Only where tar keeps all of it.
 */
export function digestOfFacts(place: DataPlace): Command {
  const { folder, entry } = parts(place);
  return script(
    `${factsOfTar}
cd "$1" || exit
facts=$(facts "$2") || exit
printf '%s\\n' "$facts" | awk '
  /^  / { line = line "|" $0; next }
  { if (NR > 1) print line; line = $0 }
  END { print line }' | LC_ALL=C sort | sha256sum`,
    folder,
    entry,
  );
}

// Attributes have to be read out of an archive, with all the data in it; whether there are any, tar says without (`*`, `+`).
const factsOfTar = `
facts() {
  list=$(tarring /dev/null "$1") || return
  case $(printf '%s\\n' "$list" | cut -d ' ' -f 1) in
    *[*+]*) tarring - "$1" 2>/dev/null | tarring - ;;
    *) printf '%s\\n' "$list" ;;
  esac
}
tarring() {
  if [ "$#" = 2 ]; then
    set -- --sparse --hard-dereference -cvvf "$1" "$2"
  else
    set -- -tvvf "$1"
  fi
  LC_ALL=C tar --format=posix --numeric-owner --full-time --xattrs --xattrs-include='*' --acls "$@"
}`;

/**
 * Puts what was unpacked in its place. Of a file nothing but a file comes, and it replaces nothing: ends with code 73
 * otherwise. A folder stays the one that it is, since somebody may have mounted it, and gets all that is unpacked and what
 * is known of the folder itself.
 */
export function accept(place: DataPlace, keeps: Keeps): Command {
  const options = keeps === "all" ? attributes : [];
  return place.isFile
    ? script(acceptFile, incoming(place), unpacked(place).path, place.path)
    : script(acceptFolder, incoming(place), place.path, ...options);
}

const acceptFile = `
[ -f "$2" ] && [ ! -L "$2" ] && [ ! -e "$3" ] && [ ! -L "$3" ] || exit 73
mv "$2" "$3" && rm -rf "$1"`;

// The folder's time goes round by a file: it changes until the last thing is gone from it.
const acceptFolder = `
in=$1 folder=$2; shift 2
times=$(mktemp) && touch -r "$in/it" "$times" || exit
cd "$in/it" || exit
find . -mindepth 1 -maxdepth 1 -exec sh -c 'to=$1; shift; exec mv "$@" "$to/"' sh "$folder" {} + || exit
if [ "$#" -gt 0 ]; then
  tar --numeric-owner "$@" --no-recursion -cf - . | tar --numeric-owner "$@" -C "$folder" -xpf - || exit
else
  chown "$(stat -c %u:%g .)" "$folder" && chmod "$(stat -c %a .)" "$folder" || exit
fi
cd / && rmdir "$in/it" "$in" && touch -r "$times" "$folder" && rm -f "$times"`;
