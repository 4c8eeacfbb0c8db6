import { type Command, findMe } from "../../shell.ts";

/** Where a docker client looks for its engine when nothing says otherwise. */
export const defaultDockerHost = "unix:///var/run/docker.sock";

/** sh text that prints the path of an engine's socket that is the login's own: that of a rootless Docker, or Podman. */
export const tellRootless = `
${findMe}
[ "$me" = 0 ] || for s in docker.sock podman/podman.sock; do
  s=\${XDG_RUNTIME_DIR:-/run/user/$me}/$s
  [ -S "$s" ] && [ -w "$s" ] && printf '%s\\n' "$s" && break
done`;

/**
 * sh text that prints which engine the docker client of this login speaks to, as a `DOCKER_HOST`; an empty line where
 * the client cannot tell. The client is started only where a context is chosen: that takes it some 50 ms. One of the login's
 * own is meant without a word only where the machine has, and had, no other: one that is just down must not be mistaken for it.
 */
export const tellDockerHost = `
if [ -n "\${DOCKER_HOST-}" ]; then printf '%s\\n' "$DOCKER_HOST"
elif c=\${DOCKER_CONFIG:-$HOME/.docker}/config.json
  [ -n "\${DOCKER_CONTEXT-}" ] || { [ -f "$c" ] && grep -q '"currentContext"' "$c" 2>/dev/null; }
then docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null | head -n 1 | head -c 4096 | grep . || echo
else
  own=
  [ -e /var/run/docker.sock ] || [ -L /var/run/docker.sock ] || [ -e /var/lib/docker ] || own=$(${tellRootless})
  if [ -n "$own" ]; then printf 'unix://%s\\n' "$own"; else echo ${defaultDockerHost}; fi
fi`;

/** The path of a unix socket, or undefined for another kind of endpoint. */
export function socketOf(dockerHost: string): string | undefined {
  return /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
}

/**
 * A docker command that speaks to just this engine, whatever context is chosen when it begins: what is changed must be
 * what was read. Other commands, and endpoints that need more than an address (`tcp:`, `ssh:`), stay as they are.
 */
export function onEngine(command: Command, dockerHost: string): Command {
  if (!isDocker(command) || socketOf(dockerHost) === undefined) return command;
  const list = command.kind === "words" ? command.words : ["sh", "-c", command.text, "sh", ...command.args];
  return { kind: "words", words: ["env", `DOCKER_HOST=${dockerHost}`, ...list] };
}

/** Whether it starts the docker client: our own scripts that do begin with it. */
export function isDocker(command: Command): command is Exclude<Command, { readonly kind: "line" }> {
  if (command.kind === "words") return command.words[0] === "docker";
  return command.kind === "script" && command.text.startsWith("docker ");
}
