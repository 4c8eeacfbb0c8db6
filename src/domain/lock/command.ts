import { tellDockerHost } from "../docker/engine/endpoint.ts";
import { type Command, findMe, script } from "../shell.ts";
import { visible } from "../text.ts";

/** Who holds a lock, written into its file on the node for the one who comes second. */
export interface LockHolder {
  /** `user@host` of the controller. */
  readonly who: string;
  /** The command that holds it. */
  readonly cause: string;
  /** RFC 3339, UTC. */
  readonly since: string;
}

export type LockAnswer =
  | { readonly name: string; readonly held: false }
  | { readonly name: string; readonly held: true; readonly by: LockHolder | undefined };

/** Seconds without a sign of life after which the node frees the locks: the bound on a line that died silently. */
export const lockIdleSeconds = 20;

/**
 * Takes `flock`s on the node and holds them as long as its stdin brings a `.` now and then. Each lock lives in a
 * subshell around the next one, because dash has no file descriptors above 9. A file that is removed, as by who empties
 * /run, keeps nobody out any more: whoever finds that at a sign of life lets all of them go.
 *
 * Whoever may write to a socket of Docker that is root's has every right of root by it, and nobody else has business
 * with its containers: so the socket's group (`docker`) shares a folder, root and its members alike, which nobody else
 * can open. That nobody else has made it, its group tells: only members can give a folder to a group. It is known by that,
 * and not by its name, which anybody may take before. Where no group shares the socket, root has a folder of its own, and
 * so has a user with a Docker of its own. No folder is sticky: in a sticky one the kernel refuses to open another user's
 * file for writing (fs.protected_regular).
 *
 * Prints `free NAME` or `held NAME HOLDER` for each, in order, or `unusable PATH`, and then no more.
 */
export function holdLocks(names: readonly string[], holder: LockHolder): Command {
  return script(text, JSON.stringify(holder), String(lockIdleSeconds), ...names);
}

/** Reads one line of what `holdLocks` prints; undefined for anything else. */
export function parseLockAnswer(line: string): LockAnswer | undefined {
  const [, state, name, holder = ""] = /^(free|held) (\S+) ?(.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  return state === "free" ? { name, held: false } : { name, held: true, by: parseHolder(holder) };
}

/** The path on the node that cannot be used, or that somebody else may have put there; undefined for any other line. */
export function parseUnusable(line: string): string | undefined {
  return /^unusable (.+)$/.exec(line)?.[1];
}

const text = `
umask 007
holder=$1 idle=$2 folder= files=
${findMe}
shift 2

unusable() {
  echo "unusable $1"
  exit 77
}

# Goes into a folder of this mode, owner and group (empty: any), by what it is once we are in it.
enter() {
  [ ! -L "$1" ] && cd "$1" 2>/dev/null || return 1
  set -- "$1" "$2" "$3" "$4" $(ls -ldn .)
  [ "\${5%.}" = "$2" ] && [ "\${3:-$7}" = "$7" ] && [ "\${4:-$8}" = "$8" ] && folder=$1
}

# 0: only root's, or nobody's.
group_of_socket() {
  socket=$(${tellDockerHost})
  socket=\${socket#unix://} group=0
  if [ -S "$socket" ] && [ -w "$socket" ]; then
    set -- $(ls -Lldn "$socket")
    if [ "$3" = 0 ]; then group=$4; fi
  fi
}

enter_own() {
  mkdir -m 700 "$1" 2>/dev/null
  enter "$1" drwx------ "$me" "" || unusable "$1"
}

enter_shared() {
  enter "$1" drwxrws--- "" "$group"
}

# By any name: who may not use Docker cannot make one, but can take names.
all_shared() {
  for each in /run/lock/pictl-docker* /tmp/pictl-docker*; do
    (enter_shared "$each" && [ "$(readlink state)" != retired ]) && echo "$each"
  done
}

make_shared() {
  for place in /run/lock /tmp; do
    made=$place/pictl-docker
    mkdir -m 700 "$made" 2>/dev/null || made=$(mktemp -d "$made-XXXXXXXXXX" 2>/dev/null) || continue
    if chgrp "$group" "$made" 2>/dev/null && chmod 2770 "$made"; then return; fi
    rmdir "$made"
  done
  false
}

# Settles for good what becomes of a folder: whoever comes later cannot change it.
settle() {
  ln -s "$2" "$1/state" 2>/dev/null
  [ "$(readlink "$1/state")" = "$2" ]
}

# Several that come first may each make one. Whoever makes one looks for others afterwards, and takes one only when there
# is just that, twice in a row: so no two are ever in use.
choose_shared() {
  for each in /run/lock/pictl-docker* /tmp/pictl-docker*; do
    if enter_shared "$each" && [ "$(readlink state)" = used ]; then return; fi
  done
  tries=0
  while [ $((tries += 1)) -le 50 ]; do
    set -- $(all_shared)
    if [ "$*" != "$(echo $(all_shared))" ]; then continue; fi
    if [ $# -eq 0 ]; then
      make_shared || return 1
    elif [ $# -eq 1 ]; then
      if settle "$1" used && enter_shared "$1"; then return; fi
    else
      kept=$1
      for each; do [ "$(readlink "$each/state")" != used ] || kept=$each; done
      for each; do [ "$each" = "$kept" ] || settle "$each" retired; done
    fi
  done
  unusable /run/lock/pictl-docker
}

choose_own() {
  if [ "$me" = 0 ]; then
    mkdir -p -m 755 /run/pictl && enter_own /run/pictl/locks
  elif enter "\${XDG_RUNTIME_DIR:-/run/user/$me}" drwx------ "$me" ""; then
    enter_own "$folder/pictl"
  else
    enter_own "/tmp/pictl-$me"
  fi
}

plain() {
  [ ! -L "$1" ] && { [ ! -e "$1" ] || [ -f "$1" ]; }
}

take() {
  if [ $# -eq 0 ]; then
    seen=$(ls -i $files)
    # busybox's timeout leaves somebody behind for a second, who must not hold the lock.
    while [ "$(timeout "$idle" head -c 1 9>&-)" = . ] && [ "$(ls -i $files 2>&1)" = "$seen" ]; do :; done
    return
  fi
  file=./$1 files="$files $folder/$1"
  (
    plain "$file" || rm -f "$file"
    # Opened for both, a fifo waits for nobody, and a file is not emptied.
    plain "$file" && { true <>"$file"; } 2>/dev/null || unusable "$folder/$1"
    exec 9<>"$file"
    if flock -n 9; then
      printf %s "$holder" >/proc/self/fd/9
      echo "free $1"
    else
      echo "held $1 $(head -c 1000 /proc/self/fd/9 | tr -d '\\n')"
    fi
    shift
    take "$@"
  )
}

command -v flock >/dev/null || exit 69
group_of_socket
{ [ "$group" != 0 ] && choose_shared; } || choose_own || unusable /run/pictl
take "$@"
`;

/** The script cuts it at 1000 bytes. */
const longestHolder = 1000;

function parseHolder(json: string): LockHolder | undefined {
  // What a node sends instead may be anything.
  if (json.length > longestHolder) return undefined;
  try {
    const value = JSON.parse(json) as Partial<LockHolder>;
    const { who, cause, since } = value;
    return typeof who === "string" && typeof cause === "string" && typeof since === "string"
      ? { who: visible(who), cause: visible(cause), since: visible(since) }
      : undefined;
  } catch {
    return undefined;
  }
}
