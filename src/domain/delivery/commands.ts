import { type Command, script, words } from "../shell.ts";

/**
 * Gives an image to a registry under a name that only the two know, which goes from the node again however it ends.
 */
export function pushTo(image: string, to: string): Command {
  return script(
    'docker image tag "$1" "$2" && docker image push "$2"; code=$?; docker image rm "$2" >/dev/null 2>&1; exit "$code"',
    image,
    to,
  );
}

/** Takes an image from a registry by its digest, gives it its name, and forgets where it is from. */
export function pullFrom(from: string, name: string): Command {
  return script(
    'docker image pull "$1" && docker image tag "$1" "$2"; code=$?; docker image rm "$1" >/dev/null 2>&1; exit "$code"',
    from,
    name,
  );
}

/** Takes an archive on stdin. */
export const load: Command = words("docker", "image", "load");

/**
 * Unpacks an image and prints how long the list of its files is, and the list; then reads the names of those that are wanted, up to an
 * empty line, and sends them as a tar. Nothing of it stays on the node.
 */
export function saveSome(image: string): Command {
  return script(
    `docker --version >/dev/null || exit
umask 077
folder=$(mktemp -d /var/tmp/pictl-XXXXXXXXXX 2>/dev/null || mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
mkdir "$folder/image" && { docker image save "$1" || echo failed >"$folder/failed"; } | tar -x -f - -C "$folder/image" || exit
[ ! -e "$folder/failed" ] || exit
wc -c <"$folder/image/manifest.json" && cat "$folder/image/manifest.json" || exit
while read -r name && [ -n "$name" ]; do printf '%s\\n' "$name"; done >"$folder/wanted"
cd "$folder/image" && tar -c -h -f - -T ../wanted`,
    image,
  );
}
