import { PictlError } from "../../errors.ts";
import { visible } from "../../text.ts";
import { quote } from "../../shell.ts";

/** Who asked, for the hint. */
export interface DockerAccess {
  readonly node: string;
  /** The command was run through sudo or as root. */
  readonly privileged: boolean;
  /** Why sudo was no way to Docker, in its own words. */
  readonly sudoSaid?: string | undefined;
  /** The socket of a rootless engine of this login. */
  readonly rootless?: string | undefined;
}

/**
 * Why docker could not be spoken to, from what the docker client or the shell wrote on stderr: docker-missing,
 * docker-denied or docker-unavailable. undefined when the text says none of these: then docker was reached.
 */
export function dockerAccessError(stderr: string, access: DockerAccess): PictlError | undefined {
  if (missing.test(stderr)) return dockerMissing(access.node);
  if (denied.test(stderr)) return dockerDenied(access);
  if (unavailable.test(stderr)) return dockerDown(access);
  return undefined;
}

/** The words of dash, bash, busybox, fish, csh, env and sudo for a program that is not there. */
const missing =
  /docker: (?:command )?not found|docker: No such file|command not found: docker|Unknown command:? '?docker|docker: Command not found|['‘]docker['’]: No such file|sudo: docker: command not found|"docker": executable file not found/i;

const denied =
  /permission denied while trying to connect to the docker|dial unix \S*docker\S*: connect: permission denied/i;

const unavailable =
  /cannot connect to the docker daemon|is the docker daemon running|error during connect|dial unix \S*docker\S*: connect: (?:no such file|connection refused)/i;

/** The name that a command wanted to give has another container, which was not there when the node was looked at. */
export function nameTaken(
  stderr: string,
  { doing, node }: { readonly doing: string; readonly node: string },
): PictlError | undefined {
  const [, name, id] =
    /The container name "\/?([^"]+)" is already in use by container "([0-9a-f]{12})/.exec(stderr) ?? [];
  if (name === undefined || id === undefined) return undefined;
  const message = `Could not ${doing}: a container "${name}" (${id}) has come to be there meanwhile; it is left alone.`;
  return new PictlError("container-foreign", message, {
    node,
    hint:
      `See whose it is with \`docker inspect ${id}\` on ${node}. If pictl did not make it, rename or remove it there ` +
      `(\`docker rename ${quote(name)} OTHER\`), or choose another name in the layout; then try again.`,
  });
}

function dockerMissing(node: string): PictlError {
  return new PictlError("docker-missing", "There is no docker program in the PATH of commands that come over SSH.", {
    node,
    hint:
      `If ${node} has no Docker, install it, for example with \`apt-get install docker.io\`. If it lies in a folder of ` +
      "its own (a NAS, snap, Homebrew), link it: `ln -s /that/folder/docker /usr/bin/docker`; or name the folder in PATH " +
      "in /etc/environment or in sshd's `SetEnv`.",
  });
}

/** What a login that has an engine of its own can do, which nobody takes unasked for the one that is meant. */
function useRootless(rootless: string): string {
  return `If the rootless engine at ${visible(rootless)} is meant, say so where pictl's login finds it: \`docker context create rootless --docker host=unix://${visible(rootless)}\` and \`docker context use rootless\`, or DOCKER_HOST in sshd's \`SetEnv\`.`;
}

function dockerDown({ node, rootless }: DockerAccess): PictlError {
  const down = dockerUnavailable(node, "Its daemon does not answer.");
  return rootless === undefined
    ? down
    : new PictlError(down.code, down.message, { node, hint: `${useRootless(rootless)} ${down.hint ?? ""}` });
}

function dockerDenied({ node, privileged, sudoSaid, rootless }: DockerAccess): PictlError {
  const sudo = sudoSaid === undefined ? "" : ` sudo is no way either; it says: ${visible(sudoSaid)}`;
  return new PictlError(
    "docker-denied",
    `This user may not speak to Docker (permission denied on its socket).${sudo}`,
    {
      node,
      hint: privileged
        ? `See who owns /var/run/docker.sock on ${node}.`
        : [
            ...(rootless === undefined ? [] : [useRootless(rootless)]),
            `Run \`sudo usermod -aG docker $USER\` on ${node} and connect again, or ${useSudo(node, sudoSaid)}.`,
          ].join(" "),
    },
  );
}

function useSudo(node: string, sudoSaid: string | undefined): string {
  if (sudoSaid === undefined) return `set \`sudo: true\` under \`ssh\` or \`nodes.${node}\``;
  if (wantsTerminal(sudoSaid)) return "remove `requiretty` from sudoers there";
  return "make `sudo -n true` work there";
}

/** sudo that is only for people at a terminal (`requiretty` in sudoers). */
export function wantsTerminal(sudoSaid: string): boolean {
  return /must have a tty/i.test(sudoSaid);
}

/** `reason` is a sentence. */
export function dockerUnavailable(node: string, reason: string, cause?: unknown): PictlError {
  return new PictlError("docker-unavailable", `Docker cannot be used. ${reason}`, {
    node,
    hint: `Look at \`systemctl status docker\` and \`journalctl -u docker\` on ${node}; \`systemctl restart docker\` starts it anew.`,
    cause,
  });
}
