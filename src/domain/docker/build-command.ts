import { type Command, script, words } from "../shell.ts";
import { labels } from "./labels.ts";

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
 * The same by BuildKit, also where docker's client must be told to: before Docker 23. Later ones take it where it is
 * installed, and refuse to build when they are told to and it is not. A login that says itself which one it wants has it.
 */
export function byBuildKit(command: Command & { readonly kind: "words" }): Command {
  return script(
    'docker --version </dev/null 2>/dev/null | grep -q "^Docker version 2[0-2]\\." && export DOCKER_BUILDKIT="${DOCKER_BUILDKIT-1}"; exec "$@"',
    ...command.words,
  );
}
