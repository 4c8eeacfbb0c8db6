import { type Command, findMe, render, script } from "../shell.ts";

/** A part of a context's tar: bytes of the tar that the node kept, or of what is sent now. */
export type Segment = { readonly copy: number; readonly bytes: number } | { readonly send: number };

export interface KeptContext {
  /** Which context it is: of one image of one cluster. */
  readonly key: string;
  /** The kept tar that the segments are of; undefined: all of it is sent. */
  readonly before: string | undefined;
  /** Tells this tar from any other of that context. */
  readonly id: string;
  /** Of the whole tar. */
  readonly bytes: number;
  readonly segments: readonly Segment[];
}

/** The exit code of a node that has not got, or cannot make, the tar that the segments are of. Nothing was built. */
export const contextGone = 103;

/**
 * Gives a build command the context that comes on stdin, as a whole or as a difference from the one that the node kept, and keeps it
 * for the next time. Where it cannot be kept, it is built all the same. `head`, `tail` and `tee` of busybox do.
 */
export function buildKept(build: Command, { key, before, id, bytes, segments }: KeptContext): Command {
  const parts = segments.map((part) =>
    "send" in part ? `s${String(part.send)}` : `c${String(part.copy)}:${String(part.bytes)}`,
  );
  return script(text, render(build), key, id, String(bytes), before ?? "", parts.join(" "));
}

// What root keeps lies below a folder that is root's alone.
const text = `docker --version >/dev/null || exit
build=$1 key=$2 id=$3 bytes=$4 before=$5 segments=$6
umask 077
${findMe}
if [ "$me" = 0 ]; then root=/var/lib/pictl; else root=\${XDG_STATE_HOME:-$HOME/.local/state}/pictl; fi
root=$root/contexts
new=$root/$key.$$.new sent=$root/$key.$$.sent
trap 'rm -f "$new" "$sent" 2>/dev/null' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
mkdir -p "$root" 2>/dev/null && [ -O "$root" ] || root=
size() { [ "$(wc -c <"$1" 2>/dev/null || echo 0)" -eq "$2" ]; }
keep() {
  [ "$root" ] && size "$new" "$bytes" || return 0
  rm -f "$root/$key".*.tar
  mv "$new" "$root/$key.$id.tar"
  find "$root" -type f -mtime +30 -exec rm -f {} + 2>/dev/null
}
if [ -z "$before" ]; then
  if [ "$root" ]; then tee "$new" 2>/dev/null | sh -c "$build"; else sh -c "$build"; fi
  code=$?
  keep
  exit "$code"
fi
kept=$root/$key.$before.tar
[ "$root" ] && [ -f "$kept" ] && cat >"$sent" 2>/dev/null || exit ${String(contextGone)}
at=1
for segment in $segments; do
  case $segment in
    s*) tail -c "+$at" "$sent" | head -c "\${segment#s}"; at=$((at + \${segment#s})) ;;
    c*) range=\${segment#c}; tail -c "+$((\${range%:*} + 1))" "$kept" | head -c "\${range#*:}" ;;
  esac
done >"$new" 2>/dev/null
size "$new" "$bytes" || exit ${String(contextGone)}
sh -c "$build" <"$new"
code=$?
keep
exit "$code"`;
