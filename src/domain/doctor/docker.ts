import { defaultDockerHost } from "../docker/endpoint.ts";
import type { EngineInfo } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { visible } from "../text.ts";
import { type Check, failed, ok, problem, skipped } from "./check.ts";
import { seconds } from "./words.ts";

/** The daemon as every command reaches it. */
export interface Daemon {
  readonly info: EngineInfo;
  /** Milliseconds until it answered. */
  readonly durationMs: number;
  /** Where this login's docker client finds it, as a `DOCKER_HOST`. */
  readonly dockerHost: string;
}

/** The oldest Docker that pictl's options and API calls are known to work with. */
const oldest = { major: 20, minor: 10 };

/**
 * `docker` (the program, which changes things), `docker-access` (the daemon, as this login reaches it) and
 * `docker-version`. `client` is what `docker --version` says, null when there is none, undefined when nobody could look.
 */
export function dockerChecks(
  node: string,
  client: string | null | undefined,
  daemon: Daemon | PictlError,
): readonly Check[] {
  return [clientCheck(node, client, daemon), accessCheck(client, daemon), versionCheck(daemon)];
}

function clientCheck(node: string, client: string | null | undefined, daemon: Daemon | PictlError): Check {
  const missing = daemon instanceof PictlError && daemon.code === "docker-missing";
  if (missing) return failed("docker", daemon);
  if (client === undefined) return skipped("docker", "could not be looked at");
  if (client === null) {
    return problem(
      "docker",
      "there is no docker program",
      `Install it on ${node}, for example with \`apt-get install docker.io\`.`,
      "docker-missing",
    );
  }
  if (/podman/i.test(client)) {
    return problem(
      "docker",
      `it is podman under docker's name (${client})`,
      "pictl works with Docker: install `docker.io` or Docker's own packages instead of `podman-docker`.",
      "docker-missing",
    );
  }
  return ok("docker", client.replace(/^Docker version ([^,\s]+).*$/, "client $1"));
}

function accessCheck(client: string | null | undefined, daemon: Daemon | PictlError): Check {
  if (!(daemon instanceof PictlError)) {
    const where = daemon.dockerHost === defaultDockerHost ? "" : `, at ${visible(daemon.dockerHost)}`;
    return ok("docker-access", `its daemon answers in ${seconds(daemon.durationMs)}${where}`, {
      durationMs: daemon.durationMs,
    });
  }
  if (daemon.code === "docker-missing" || client === null) return skipped("docker-access", "there is no Docker");
  return failed("docker-access", daemon);
}

function versionCheck(daemon: Daemon | PictlError): Check {
  if (daemon instanceof PictlError) return skipped("docker-version", "its daemon did not answer");
  const { serverVersion } = daemon.info;
  const version = /^(\d+)\.(\d+)/.exec(serverVersion);
  if (!version) return ok("docker-version", serverVersion);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const recent = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  if (recent) return ok("docker-version", serverVersion);
  return problem(
    "docker-version",
    `${serverVersion} is older than ${oldest.major}.${oldest.minor}, the oldest that pictl works with`,
    "Upgrade Docker: the system's newer release has it, or Docker's own repository.",
  );
}
