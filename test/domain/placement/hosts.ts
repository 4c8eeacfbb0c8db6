import fc from "fast-check";
import type { HostFacts, Homeless } from "../../../src/domain/placement/candidates.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

/** A node where all is well and nothing is. */
export function host(node: string, parts: Partial<HostFacts> = {}): HostFacts {
  return {
    node,
    cordoned: false,
    reachable: true,
    docker: { engineId: `id of ${node}`, architecture: "x86_64", containers: [] },
    placed: [],
    memoryAvailableBytes: 1e9,
    ...parts,
  };
}

/** What its Docker says; `containers` by their names, each with the ports that it publishes. */
export function docker(
  node: string,
  containers: Readonly<Record<string, readonly number[]>>,
  parts: Partial<HostFacts["docker"]> = {},
): Pick<HostFacts, "docker"> {
  return {
    docker: {
      engineId: `id of ${node}`,
      architecture: "x86_64",
      containers: Object.entries(containers).map(([name, ports]) =>
        containerFacts({
          id: `${name}@${node}`,
          name,
          ports: ports.map((port) => ({ ip: "0.0.0.0", publicPort: port, privatePort: 80, protocol: "tcp" })),
        }),
      ),
      ...parts,
    },
  };
}

export function homeless(parts: Partial<Homeless> = {}): Homeless {
  return {
    cluster: "test",
    placement: placement("web", "n1", { args: ["-p", "80:80"] }),
    hosts: undefined,
    platforms: undefined,
    ...parts,
  };
}

/** Any nodes, in any state. */
export const anyHosts: fc.Arbitrary<readonly HostFacts[]> = fc.uniqueArray(
  fc
    .record({
      node: fc.integer({ min: 1, max: 8 }).map((number) => `n${String(number)}`),
      cordoned: fc.boolean(),
      reachable: fc.boolean(),
      works: fc.boolean(),
      architecture: fc.constantFrom("x86_64", "aarch64"),
      names: fc.subarray(["a", "b", "c", "web"]),
      placed: fc.subarray(["a", "b", "web"]),
      port: fc.constantFrom(80, 81),
      memoryAvailableBytes: fc.option(fc.integer({ min: 0, max: 3 })),
    })
    .map(({ node, works, architecture, names, placed, port, ...facts }): HostFacts => {
      const containers = Object.fromEntries(names.map((name) => [name, [port]]));
      return {
        node,
        ...facts,
        ...(works ? docker(node, containers, { architecture }) : { docker: undefined }),
        placed: placed.map((name) => placement(name, node, { args: ["-p", `${String(port)}:80`] })),
      };
    }),
  { selector: ({ node }) => node, maxLength: 8 },
);
