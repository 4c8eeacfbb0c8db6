import { type Command, script } from "../shell.ts";

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
 * subshell around the next one, because dash has no file descriptors above 9. The folder is not sticky: in a sticky
 * one the kernel refuses to open another user's file for writing (fs.protected_regular).
 * Prints `free NAME` or `held NAME HOLDER` for each, in order.
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

const text = `
umask 0
folder=/run/lock/pictl
mkdir -p "$folder" 2>/dev/null || folder=/tmp/pictl-locks
mkdir -p "$folder" || exit 74
command -v flock >/dev/null || exit 69
holder=$1 idle=$2
shift 2
take() {
  if [ $# -eq 0 ]; then
    while [ "$(timeout "$idle" head -c 1)" = . ]; do :; done
    return
  fi
  file=$folder/$1
  [ -e "$file" ] || : >>"$file"
  (
    exec 9<"$file"
    if flock -n 9; then
      printf %s "$holder" >"$file"
      echo "free $1"
    else
      echo "held $1 $(head -c 1000 "$file" | tr -d '\\n')"
    fi
    shift
    take "$@"
  )
}
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
      ? { who, cause, since }
      : undefined;
  } catch {
    return undefined;
  }
}
