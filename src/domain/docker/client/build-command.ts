import { type Command, script, words } from "../../shell.ts";
import { labels } from "../labels.ts";

export interface BuildCommandInput {
  /** What the image is called, without a tag: docker adds `latest`. */
  readonly image: string;
  /** Digest of the context that is sent on stdin as a tar; undefined to build from a folder of the node's own. */
  readonly context: string | undefined;
  /** The node's own folder. */
  readonly folder: string;
  readonly noCache: boolean;
  readonly pull: boolean;
}

/**
 * The `docker build` of an image. The context's digest is the only label: a container inherits its image's labels,
 * and one that somebody runs by hand from this image must not look like one of the cluster's.
 * `--force-rm`: the classic builder leaves a failed step's container on the node otherwise.
 * Without `--progress`: not on a terminal both builders print plain lines, and older clients lack the flag.
 */
export function build(input: BuildCommandInput): Command & { readonly kind: "words" } {
  return words(
    "docker",
    "build",
    "--force-rm",
    "--tag",
    input.image,
    ...(input.context === undefined ? [] : ["--label", `${labels.context}=${input.context}`]),
    ...(input.noCache ? ["--no-cache"] : []),
    ...(input.pull ? ["--pull"] : []),
    input.context === undefined ? input.folder : "-",
  );
}

/**
 * The same as a node is to run it. By BuildKit also where docker's client must be told to: before Docker 23. Later ones
 * take it where it is installed, and refuse to build when they are told to and it is not. A login that says itself which
 * one it wants has it.
 *
 * What pictl built under that name before, and what nothing names or uses any more, goes: each build would leave one. What a
 * build of the classic builder has made before it failed stays, since the next one goes on from there; `prune` takes it.
 *
 * Podman builds in its client. A signal to its process group ends that and leaves the step's program running, beside the
 * containers of the build; so it gets a session of its own, and a signal ends the runtime of its step, after which it tidies up.
 */
export function buildOnNode(command: Command & { readonly kind: "words" }, image: string): Command {
  return script(text, image, ...command.words);
}

const text = `docker --version >/dev/null || exit
image=$1
shift
client=$(docker --version </dev/null 2>/dev/null)
case $client in "Docker version 2"[0-2].*) export DOCKER_BUILDKIT="\${DOCKER_BUILDKIT-1}" ;; esac
about() { docker image inspect --format "$1" "$2" </dev/null 2>/dev/null; }
before=$(about '{{.Id}}' "$image")
runtimes() {
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    case $(tr '\\0' ' ' 2>/dev/null <"/proc/$child/cmdline") in buildah-*) echo "$child" ;; *) runtimes "$child" ;; esac
  done
}
stop() {
  trap '' HUP INT TERM
  pid=$!
  [ "$pid" ] || exit 143
  step=$(runtimes "$pid")
  kill -TERM \${step:-$pid} 2>/dev/null
  for wait in 1 2 3 4 5 6 7; do kill -0 "$pid" 2>/dev/null && sleep 0.2; done
  kill -TERM "$pid" 2>/dev/null
  exit 143
}
if [ "\${client#podman}" != "$client" ] && command -v setsid >/dev/null; then
  exec 3<&0
  trap stop HUP INT TERM
  setsid "$@" <&3 3<&- &
  exec 3<&-
  wait "$!"
else
  "$@"
fi
code=$?
if [ "$code" = 0 ] && [ "$before" ]; then
  case $(about '{{index .Config.Labels "${labels.context}"}} {{len .RepoTags}}' "$before") in
  ?*" 0") docker image rm "$before" </dev/null >/dev/null 2>&1 ;;
  esac
fi
exit "$code"`;
