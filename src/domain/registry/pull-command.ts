import { type Command, script, words } from "../shell.ts";
import { hubName } from "./address.ts";
import { type ImageReference, pullName } from "./reference.ts";

/** Exit codes of `pullWithLogin` that are not docker's. */
export const pullExit = { noFolder: 101, login: 102 } as const;

/** As the node is logged in, or not. */
export function pull(image: ImageReference): Command {
  return words("docker", "image", "pull", pullName(image));
}

export function tag(source: string, name: string): Command {
  return words("docker", "image", "tag", source, name);
}

/** Prints the id and the size in bytes of an image, with a space between. */
export function inspectImage(image: string): Command {
  return words("docker", "image", "inspect", "--format", "{{.Id}} {{.Size}}", image);
}

/** On stderr between what docker says of the login and what it says of the pull. */
export const loggedIn = "pictl: logged in";

/**
 * Logs in with the password on stdin, and pulls. Unless the login is to be kept, docker works in a folder of its own
 * that is removed however the command ends; in memory where the node has /dev/shm, so that a power cut leaves nothing
 * either.
 */
export function pullWithLogin(
  image: ImageReference,
  login: { readonly username: string; readonly keep: boolean },
): Command {
  const server = image.registry === hubName ? "" : image.registry;
  const text = [signals, ...(login.keep ? [] : [privateFolder]), loginAndPull].join("\n");
  return script(text, login.username, server, pullName(image));
}

// docker takes its time to end on a signal, and sh would wait for it; so it runs beside sh, and is killed.
const signals = `
child= folder=
trap '[ -z "$child" ] || kill -9 "$child"; [ -z "$folder" ] || rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
exec 3<&0
work() {
  "$@" <&3 &
  child=$!
  wait "$child"
  set -- "$?"
  child=
  return "$1"
}`;

// The entry in config.json keeps docker from handing the password to a credential store that it finds on the node.
// The folder is also without the user's docker context, so that one's address is carried over.
const privateFolder = `
host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null | head -n 1 | head -c 4096) && [ "$host" ] && export DOCKER_HOST="$host"
umask 077
folder=$(mktemp -d /dev/shm/pictl-XXXXXXXXXX 2>/dev/null || mktemp -d) || exit ${String(pullExit.noFolder)}
echo '{"auths":{"pictl.invalid":{}}}' >"$folder/config.json" || exit ${String(pullExit.noFolder)}
export DOCKER_CONFIG="$folder"`;

const loginAndPull = `
work docker login --username="$1" --password-stdin \${2:+"$2"} >/dev/null || exit ${String(pullExit.login)}
echo '${loggedIn}' >&2
work docker image pull "$3"`;
