import type { Placement } from "../config/types.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import type { PublishSpec } from "../docker/publish-spec.ts";
import { parseRunArgs } from "../docker/run-args.ts";

export interface TakenPort {
  readonly port: number;
  /** The container that has it. */
  readonly by: string;
}

/** The first port that the arguments publish and that a running container has. Addresses are not told apart. */
export function takenPort(args: readonly string[], containers: readonly ContainerFacts[]): TakenPort | undefined {
  const running = containers.filter((facts) => facts.state === "running");
  for (const wanted of published(args)) {
    for (const { name, ports } of running) {
      const clash = ports.find(({ publicPort, protocol }) => wants(wanted, { first: publicPort, protocol }));
      if (clash) return { port: clash.publicPort, by: name };
    }
  }
  return undefined;
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

type FixedPublish = PublishSpec & { readonly hostPorts: NonNullable<PublishSpec["hostPorts"]> };

/** Those whose port Docker does not choose. */
function published(args: readonly string[]): readonly FixedPublish[] {
  return parseRunArgs(args).published.filter((spec): spec is FixedPublish => spec.hostPorts !== undefined);
}

function wants(
  { hostPorts, protocol }: FixedPublish,
  other: { readonly first: number; readonly last?: number; readonly protocol: string },
): boolean {
  const { first, last = first } = other;
  return protocol === other.protocol && hostPorts.first <= last && first <= hostPorts.last;
}
