import { defaultDockerHost } from "../docker/engine/endpoint.ts";
import type { EngineInfo } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { visible } from "../text.ts";
import { type Product, versionText } from "../docker/engine/product.ts";
import { type Check, failed, ok, problem, skipped, warning } from "./check.ts";
import { inSeconds } from "./words.ts";

/** The daemon as every command reaches it. */
export interface Daemon {
  readonly info: EngineInfo;
  /** Milliseconds until it answered. */
  readonly durationMs: number;
  /** Where this login's docker client finds it, as a `DOCKER_HOST`. */
  readonly dockerHost: string;
}

/** The oldest ones that pictl's options and API calls are known to work with. */
const oldest: Readonly<Record<Product, { readonly major: number; readonly minor: number }>> = {
  Docker: { major: 20, minor: 10 },
  Podman: { major: 4, minor: 3 },
};

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

/** Told only where containers would not come back: Podman has no daemon that starts them when the node does. */
export function restartCheck(
  daemon: Daemon | PictlError,
  seen: { readonly podmanRestart: string | null; readonly podmanRestartOwn: string | null } | undefined,
): readonly Check[] {
  if (daemon instanceof PictlError || daemon.info.product !== "Podman") return [];
  const [unit, systemctl] = isOwn(daemon)
    ? [seen?.podmanRestartOwn, "systemctl --user"]
    : [seen?.podmanRestart, "systemctl"];
  if (unit === "enabled") return [];
  return [
    warning(
      "podman-restart",
      "containers with `--restart always` do not come back when it starts",
      `\`${systemctl} enable podman-restart.service\` there brings them back.`,
    ),
  ];
}

/** The engine is this login's alone, as its socket shows. */
function isOwn({ dockerHost }: Daemon): boolean {
  return dockerHost.startsWith("unix:///run/user/");
}

/** Told only where it is so: of an engine that is this login's own, which systemd ends with the last session. */
export function lingerCheck(
  daemon: Daemon | PictlError,
  { lingers, user }: { readonly lingers: boolean | null; readonly user: string },
): readonly Check[] {
  if (daemon instanceof PictlError || lingers !== false || !isOwn(daemon)) return [];
  return [
    warning(
      "lingering",
      `the engine is ${user}'s own, and it and its containers end when ${user} is logged out`,
      `\`sudo loginctl enable-linger ${user}\` there lets them run on, and start with the node.`,
    ),
  ];
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
  if (/podman/i.test(client)) return ok("docker", client.replace(/^podman version (\S+).*$/, "client Podman $1"));
  return ok("docker", client.replace(/^Docker version ([^,\s]+).*$/, "client $1"));
}

function accessCheck(client: string | null | undefined, daemon: Daemon | PictlError): Check {
  if (!(daemon instanceof PictlError)) {
    const where = daemon.dockerHost === defaultDockerHost ? "" : `, at ${visible(daemon.dockerHost)}`;
    return ok("docker-access", `its daemon answers in ${inSeconds(daemon.durationMs)}${where}`, {
      durationMs: daemon.durationMs,
    });
  }
  if (daemon.code === "docker-missing" || client === null) return skipped("docker-access", "there is no Docker");
  return failed("docker-access", daemon);
}

function versionCheck(daemon: Daemon | PictlError): Check {
  if (daemon instanceof PictlError) return skipped("docker-version", "its daemon did not answer");
  const { product, serverVersion } = daemon.info;
  const said = versionText(daemon.info);
  const version = /^(\d+)\.(\d+)/.exec(serverVersion);
  if (!version) return ok("docker-version", said);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const least = oldest[product];
  const recent = major > least.major || (major === least.major && minor >= least.minor);
  if (recent) return ok("docker-version", said);
  return problem(
    "docker-version",
    `${said} is older than ${String(least.major)}.${String(least.minor)}, the oldest that pictl works with`,
    `Upgrade ${product}: the system's newer release has it${product === "Docker" ? ", or Docker's own repository" : ""}.`,
  );
}
