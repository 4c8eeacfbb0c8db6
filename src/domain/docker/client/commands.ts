import type { StopMark } from "../facts.ts";
import { labels } from "../labels.ts";
import { type Command, script, words } from "../../shell.ts";

/** Every change pictl makes to a node's Docker, as a command line of the docker client. */

/** Tells whether there is a client; its daemon is not asked. */
export const clientVersion: Command = words("docker", "--version");

export interface RunInput {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  /** What it runs instead of its image's own command; none for that. */
  readonly command?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export function run(input: RunInput): Command {
  return words("docker", "container", "run", "--detach", ...described(input));
}

/**
 * Waits until nobody on the node makes the copy of that generation any more. What was told to make it outlives the connection it
 * came by: while Docker hangs, its client waits there, and has its way as soon as Docker goes on. Ends with code 75 (EX_TEMPFAIL
 * of sysexits.h) when there still is one after `seconds`. Its own command line has the pattern, which does not match itself.
 */
export function awaitMaking(generation: number, seconds: number): Command {
  const [first = "", ...rest] = String(generation);
  return script(whileMaking, `${labels.generation}=[${first}]${rest.join("")}([^0-9]|$)`, String(5 * seconds));
}

const whileMaking = `left=$2
while grep -Eqse "$1" /proc/[0-9]*/cmdline; do
  [ "$left" -gt 0 ] || exit 75
  left=$((left - 1))
  sleep 0.2 2>/dev/null || sleep 1
done`;

/** Makes a container and does not start it. */
export function create(input: RunInput): Command {
  return words("docker", "container", "create", ...described(input));
}

function described(input: RunInput): readonly string[] {
  return [
    "--name",
    input.name,
    ...Object.entries(input.labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...Object.entries(input.env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ...input.args,
    input.image,
    ...(input.command ?? []),
  ];
}

/**
 * A volume whose labels say that somebody wants a container stopped: labels of a container cannot be changed, and this is
 * seen by whoever asks this Docker, whatever their login.
 */
export function markStopped(mark: Omit<StopMark, "volume">): Command {
  const own = {
    [labels.stopped]: mark.id,
    [labels.container]: mark.container,
    [labels.cluster]: mark.cluster,
    [labels.stoppedBy]: mark.by,
    [labels.stoppedAt]: mark.at,
  };
  const given = Object.entries(own).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  return createVolume(`pictl.stopped.${mark.id.slice(0, 32)}`, given);
}

/** Makes a volume where there is none of that name. Docker would leave one alone that is there; Podman refuses. */
export function createVolume(name: string, options: readonly string[] = []): Command {
  return script(
    'docker volume inspect "$1" >/dev/null 2>&1 && exit; shift; exec docker volume create "$@"',
    name,
    ...options,
    name,
  );
}

export function removeVolumes(names: readonly string[]): Command {
  return words("docker", "volume", "rm", "--force", ...names);
}

/**
 * Makes a network where it is missing. One at a time on a node, as far as it has `flock`: Docker makes two of one name when it is
 * asked twice at once, and then takes neither. The root folder is what every login can lock without writing anything.
 */
export function createNetwork({ name, args }: { readonly name: string; readonly args: readonly string[] }): Command {
  return script(createMissing, name, ...args);
}

const createMissing = `docker network ls --format '{{.Name}}' | grep -qxF -e "$1" && exit
exec 9</
tries=0
command -v flock >/dev/null && until flock -n 9; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || break
  sleep 0.1
done
docker network ls --format '{{.Name}}' | grep -qxF -e "$1" && exit
name=$1
shift
exec docker network create "$@" "$name"
`;

export function start(name: string): Command {
  return words("docker", "container", "start", name);
}

export function unpause(name: string): Command {
  return words("docker", "container", "unpause", name);
}

/**
 * `graceSeconds`: how long the process may take after SIGTERM before SIGKILL; undefined: as long as its container says
 * (`--stop-timeout`), which any number here would override.
 */
export function stop(name: string, graceSeconds?: number): Command {
  return words("docker", "container", "stop", ...timeFlag(graceSeconds), name);
}

/** Ends it at once, and one that is just being stopped too. */
export function kill(name: string): Command {
  return words("docker", "container", "kill", name);
}

export function restart(name: string, graceSeconds?: number): Command {
  return words("docker", "container", "restart", ...timeFlag(graceSeconds), name);
}

function timeFlag(graceSeconds: number | undefined): readonly string[] {
  return graceSeconds === undefined ? [] : ["--time", String(graceSeconds)];
}

export function rename(name: string, to: string): Command {
  return words("docker", "container", "rename", name, to);
}

/** Removes a container, running or not. Its named volumes stay. */
export function remove(name: string): Command {
  return words("docker", "container", "rm", "--force", name);
}

/** Removes a container that does not run; docker refuses one that does. */
export function removeStopped(id: string): Command {
  return words("docker", "container", "rm", id);
}

/** Gives an image one more name; no byte is copied. */
export function tagImage(id: string, tag: string): Command {
  return words("docker", "image", "tag", id, tag);
}

export function removeImage(reference: string, force: boolean): Command {
  return words("docker", "image", "rm", ...(force ? ["--force"] : []), reference);
}

/** The command as people are shown it: the labels by which pictl knows its containers say nothing to them. */
export function withoutOwnLabels(command: Command): Command {
  if (command.kind !== "words") return command;
  const isLabel = (at: number): boolean =>
    command.words[at] === "--label" && (command.words[at + 1]?.startsWith("io.pictl.") ?? false);
  return { kind: "words", words: command.words.filter((_, at) => !isLabel(at) && !(at > 0 && isLabel(at - 1))) };
}

/** Makes a network in which Docker publishes no port, for a container that waits there. */
export function createWaitingNetwork(network: string, container: string): Command {
  return words("docker", "network", "create", "--internal", "--label", `${labels.waiting}=${container}`, network);
}

/** Starts a container that was made in one network in another one. */
export function startIn(name: string, { from, to }: { readonly from: string; readonly to: string }): Command {
  return script(
    'docker network disconnect "$2" "$1" && docker network connect "$3" "$1" && docker container start "$1"',
    name,
    from,
    to,
  );
}

/** Takes a network, and the ports that are published by it, from one container and gives it to another. */
export function handOver(network: string, { from, to }: { readonly from: string; readonly to: string }): Command {
  return script('docker network disconnect "$1" "$2" && docker network connect "$1" "$3"', network, from, to);
}

export function joinNetwork(network: string, name: string): Command {
  return words("docker", "network", "connect", network, name);
}

/** Takes a container out of a network, and removes the network. */
export function leaveNetwork(network: string, name: string): Command {
  return script('docker network disconnect "$1" "$2" && docker network rm "$1"', network, name);
}

export function removeNetwork(network: string): Command {
  return words("docker", "network", "rm", network);
}
