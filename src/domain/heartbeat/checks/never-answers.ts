import { checkKinds, type HeartbeatCheck, type Placement } from "../../config/types.ts";
import type { PublishSpec } from "../../docker/run/publish-spec.ts";
import { parseRunArgs } from "../../docker/run/run-args.ts";

/**
 * Why a check of a port can never succeed, in a sentence with what to write instead; undefined when it may. A daemon
 * would restart such a container for ever.
 */
export function neverAnswers(
  check: HeartbeatCheck["check"],
  { container, args }: Pick<Placement, "container" | "args">,
): string | undefined {
  const { kind, port, via } = check;
  if (checkKinds[kind] !== "port" || typeof port !== "number") return undefined;
  const { published, publishAll, networks } = parseRunArgs(args);
  // It has the ports of its node, or of another container.
  if (networks.some((network) => network === "host" || network.startsWith("container:"))) return undefined;
  const covering = published.filter((spec) => covers(spec, port));
  const tcp = covering.filter(({ protocol }) => protocol === "tcp");
  if (tcp.length === 0) {
    if (publishAll) return undefined;
    const [other] = covering;
    return other
      ? `port ${String(port)} of ${container} is published for ${other.protocol.toUpperCase()} only, where a ${kind} check never succeeds; ${instead}`
      : `${container} publishes no port ${String(port)} (${publishes(published)}), so this check never succeeds; publish it with "-p ${String(port)}:${String(port)}", or ${instead}`;
  }
  if (via !== "node" && tcp.every(({ ip }) => isLoopback(ip))) {
    return `port ${String(port)} of ${container} is published on the loopback address of its node only, where nothing connects from here; add "via": "node" to the check`;
  }
  if (via === "node" && !tcp.some(({ ip }) => ip === "" || ip === "0.0.0.0" || ip === "127.0.0.1")) {
    return `port ${String(port)} of ${container} is published on ${tcp[0]?.ip ?? ""} only, and a check via the node connects to 127.0.0.1; leave out "via"`;
  }
  return undefined;
}

const instead =
  'write {"check": "docker"} (its HEALTHCHECK, or that it runs) or {"check": "exec", "command": "…"} instead';

function covers({ hostPorts }: PublishSpec, port: number): boolean {
  return hostPorts !== undefined && hostPorts.first <= port && port <= hostPorts.last;
}

function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || ip === "::1";
}

function publishes(published: readonly PublishSpec[]): string {
  const ports = published.map(({ hostPorts }) =>
    hostPorts === undefined
      ? "one that Docker chooses"
      : hostPorts.first === hostPorts.last
        ? String(hostPorts.first)
        : `${String(hostPorts.first)}-${String(hostPorts.last)}`,
  );
  return ports.length === 0 ? "it publishes none" : `it publishes ${ports.join(", ")}`;
}
