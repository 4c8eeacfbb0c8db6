import type { Placement } from "../config/types.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { isAlive } from "../container/stop/grace.ts";
import type { PublishSpec } from "../docker/run/publish-spec.ts";
import { PictlError } from "../errors.ts";
import { parseRunArgs } from "../docker/run/run-args.ts";

export interface TakenPort {
  readonly port: number;
  /** The container that has it. */
  readonly by: string;
}

/** The first port that the arguments publish and that a container has that is alive. */
export function takenPort(args: readonly string[], containers: readonly ContainerFacts[]): TakenPort | undefined {
  const alive = containers.filter(isAlive);
  for (const wanted of published(args)) {
    // Of a range for one port of the container, Docker takes what is free.
    if (mayChoose(wanted)) continue;
    for (const { name, ports } of alive) {
      const clash = ports.find(
        ({ ip, publicPort, protocol }) => sameAddress(wanted.ip, ip) && wants(wanted, { first: publicPort, protocol }),
      );
      if (clash) return { port: clash.publicPort, by: name };
    }
  }
  return undefined;
}

/** The port-taken that tells so. */
export function portTaken(
  { container, node }: Pick<Placement, "container" | "node">,
  { port, by }: TakenPort,
): PictlError {
  return new PictlError("port-taken", `${container} publishes port ${String(port)}, which ${by} has on ${node}.`, {
    container,
    node,
    hint: `Move or stop ${by} first, or choose another port in the layout.`,
  });
}

/** What Docker means by "cannot assign requested address": the first address of these ports that its words name. */
export function missingAddress(args: readonly string[], said: string): string | undefined {
  if (!said.includes("cannot assign requested address")) return undefined;
  return published(args).find(({ ip }) => ip !== "" && said.includes(`${ip}:`))?.ip;
}

/** The docker-failed that tells so. */
export function addressMissing({ container, node }: Pick<Placement, "container" | "node">, ip: string): PictlError {
  return new PictlError(
    "docker-failed",
    `${container} publishes a port at ${ip}, and ${node} does not have that address.`,
    {
      container,
      node,
      hint: `A virtual IP is at one node: leave the address out (\`-p 80:80\`), and the container answers there, too; or set \`sysctl net.ipv4.ip_nonlocal_bind=1\` on ${node}.`,
    },
  );
}

/** The same against what the layout places somewhere, whether it runs now or not. */
export function reservedPort(args: readonly string[], placed: readonly Placement[]): TakenPort | undefined {
  for (const wanted of published(args)) {
    for (const { container, args: others } of placed) {
      const clash = published(others).find(({ hostPorts, protocol }) => wants(wanted, { ...hostPorts, protocol }));
      if (clash) return { port: Math.max(wanted.hostPorts.first, clash.hostPorts.first), by: container };
    }
  }
  return undefined;
}

/** A port that both publish at one address, certainly; undefined where they can do so side by side. */
export function clashOf(ours: readonly FixedPublish[], theirs: readonly FixedPublish[]): number | undefined {
  for (const wanted of ours) {
    // Of a range for one port of the container, Docker takes what is free.
    if (mayChoose(wanted)) continue;
    const clash = theirs.find(
      (each) =>
        !mayChoose(each) &&
        sameAddress(wanted.ip, each.ip) &&
        wants(wanted, { ...each.hostPorts, protocol: each.protocol }),
    );
    if (clash) return Math.max(wanted.hostPorts.first, clash.hostPorts.first);
  }
  return undefined;
}

function mayChoose({ hostPorts, containerPorts }: FixedPublish): boolean {
  return hostPorts.last > hostPorts.first && containerPorts.first === containerPorts.last;
}

/** No address means all of them; those of IPv4 and of IPv6 are two worlds. */
function sameAddress(one: string, other: string): boolean {
  if (one === "" || other === "" || one === other) return true;
  const [any] = [one, other].filter((ip) => ip === "0.0.0.0" || ip === "::");
  return any !== undefined && one.includes(":") === other.includes(":");
}

export type FixedPublish = PublishSpec & { readonly hostPorts: NonNullable<PublishSpec["hostPorts"]> };

/** Those whose port Docker does not choose. */
export function published(args: readonly string[]): readonly FixedPublish[] {
  return parseRunArgs(args).published.filter((spec): spec is FixedPublish => spec.hostPorts !== undefined);
}

function wants(
  { hostPorts, protocol }: FixedPublish,
  other: { readonly first: number; readonly last?: number; readonly protocol: string },
): boolean {
  const { first, last = first } = other;
  return protocol === other.protocol && hostPorts.first <= last && first <= hostPorts.last;
}
