import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowedHosts, candidates, type HostFacts, type Homeless } from "../../../src/domain/placement/candidates.ts";
import { config, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";
import { anyHosts, docker, homeless, host } from "./hosts.ts";

const spread = { policy: "spread" } as const;

describe("spread", () => {
  test("takes the node with the fewest containers, then the one with the most free memory, then the first", () => {
    const hosts = [
      host("n2", docker("n2", { a: [], b: [] })),
      host("n3", { memoryAvailableBytes: 1 }),
      host("n4", { memoryAvailableBytes: null }),
      host("n5", { memoryAvailableBytes: 2 }),
      host("n6", { ...docker("n6", { a: [] }), placed: [placement("a", "n6")], memoryAvailableBytes: 9 }),
      host("n7", { placed: [placement("stopped", "n7")], memoryAvailableBytes: 9 }),
      host("n8", { memoryAvailableBytes: 2 }),
    ];
    expect(candidates(homeless(), hosts, spread)).toEqual({
      nodes: ["n5", "n8", "n3", "n4", "n6", "n7", "n2"],
      excluded: [],
    });
  });

  test("the node where it is is never one", () => {
    expect(candidates(homeless(), [host("n1"), host("n2")], spread)).toEqual({ nodes: ["n2"], excluded: [] });
  });
});

describe("who cannot take it", () => {
  const excluded = (facts: HostFacts, parts: Partial<Homeless> = {}) =>
    candidates(homeless(parts), [host("n1"), facts], spread);

  test.each<[string, HostFacts, Partial<Homeless>]>([
    ["n2 is cordoned.", host("n2", { cordoned: true, reachable: false }), {}],
    ["n2 does not answer.", host("n2", { reachable: false, docker: undefined }), {}],
    ["n2: No route.", host("n2", { reachable: false, docker: undefined, problem: "No route." }), {}],
    ["Docker does not answer on n2.", host("n2", { docker: undefined }), {}],
    ["n2: It hangs.", host("n2", { docker: undefined, problem: "It hangs." }), {}],
    ["n2 is the same machine as n1.", host("n2", docker("n1", {})), {}],
    ["The layout has web on n2 too.", host("n2", { placed: [placement("web", "n2")] }), {}],
    ["squatter has port 80 on n2.", host("n2", docker("n2", { squatter: [79, 80] })), {}],
    [
      "squatter has port 82 on n2.",
      host("n2", docker("n2", { squatter: [82] })),
      { placement: placement("web", "n1", { args: ["-p", "80-85:80-85"] }) },
    ],
    [
      "The layout gives port 80 of n2 to proxy.",
      host("n2", { placed: [placement("proxy", "n2", { args: ["-p", "79-81:79-81"] })] }),
      {},
    ],
    ["n2 is x86_64, and the image is for arm64, arm/v7.", host("n2"), { platforms: ["arm64", "arm/v7"] }],
    ["Nothing is known of n2.", host("n3", { cordoned: true }), { hosts: ["n2"] }],
  ])("%s", (reason, facts, parts) => {
    expect(excluded(facts, parts)).toEqual({ nodes: [], excluded: [{ node: "n2", reason }] });
  });

  test("a namesake of somebody else's keeps it away, one of ours is replaced", () => {
    const theirs = containerFacts({ labels: {} });
    const other = { engineId: "2", architecture: "x86_64" };
    expect(excluded(host("n2", { docker: { ...other, containers: [theirs] } })).excluded).toEqual([
      { node: "n2", reason: "n2 has a container called web that is not of this cluster." },
    ]);
    expect(excluded(host("n2", docker("n2", { web: [80] }))).nodes).toEqual(["n2"]);
  });

  test.each<[string, HostFacts, Partial<Homeless>]>([
    ["a port of another protocol", host("n2", { placed: [placement("dns", "n2", { args: ["-p", "80:80/udp"] })] }), {}],
    ["a port that Docker chooses", host("n2", { placed: [placement("any", "n2", { args: ["-p", "80"] })] }), {}],
    [
      "a port of a container that ended",
      host("n2", {
        docker: {
          engineId: "2",
          architecture: "x86_64",
          containers: [containerFacts({ name: "old", state: "exited" })],
        },
      }),
      {},
    ],
    ["an image of unknown platforms", host("n2"), { platforms: undefined }],
    [
      "a platform that was asked for by name",
      host("n2"),
      {
        platforms: ["arm64"],
        placement: placement("web", "n1", { args: ["--platform", "linux/arm64"] }),
      },
    ],
  ])("%s is no obstacle", (_, facts, parts) => {
    expect(excluded(facts, parts)).toEqual({ nodes: ["n2"], excluded: [] });
  });

  test("a node that it may not go to is not talked about", () => {
    const hosts = [host("n1"), host("n2"), host("n3", { cordoned: true })];
    expect(candidates(homeless({ hosts: ["n1", "n2"] }), hosts, spread)).toEqual({ nodes: ["n2"], excluded: [] });
  });
});

test("the hosts of a container are those of the row with exactly its name", () => {
  const constraints = [{ container: "web", hosts: ["n1", "n2"] }];
  expect(allowedHosts(config({ constraints }), "web")).toEqual(["n1", "n2"]);
  expect(allowedHosts(config({ constraints }), "web2")).toBeUndefined();
});

describe("whatever the nodes are like", () => {
  const anyHomeless = fc.record({
    hosts: fc.option(fc.subarray(["n1", "n2", "n3", "n4", "n9"]), { nil: undefined }),
    platforms: fc.constantFrom(undefined, ["amd64"], ["arm64", "amd64"]),
  });
  const choice = fc.oneof(
    fc.constant(spread),
    fc
      .infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
      .map((numbers) => ({ policy: "random", random: () => numbers.next().value as number }) as const),
  );

  test("every node it may go to is a candidate or excluded, once; no candidate has a fault", () => {
    fc.assert(
      fc.property(anyHosts, anyHomeless, choice, (hosts, parts, policy) => {
        const { nodes, excluded } = candidates(homeless(parts), hosts, policy);
        const allowed = (parts.hosts ?? hosts.map(({ node }) => node)).filter((node) => node !== "n1");
        expect([...nodes, ...excluded.map(({ node }) => node)].sort()).toEqual([...allowed].sort());
        for (const { node, reason } of excluded) expect(reason).toMatch(new RegExp(`\\b${node}\\b.*\\.$`));
        for (const node of nodes) {
          const found = hosts.find((each) => each.node === node);
          expect(found).toMatchObject({ cordoned: false, reachable: true, docker: expect.any(Object) as object });
          expect(found?.placed.map(({ container }) => container)).not.toContain("web");
          const others = found?.docker?.containers.filter(({ name }) => name !== "web") ?? [];
          expect(others.flatMap(({ ports }) => ports.map(({ publicPort }) => publicPort))).not.toContain(80);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("random only changes the order, and the same numbers give the same one", () => {
    fc.assert(
      fc.property(anyHosts, fc.infiniteStream(fc.nat(999)), (hosts, numbers) => {
        const drawn = hosts.map(() => (numbers.next().value ?? 0) / 1000);
        const draw = () => {
          const rest = [...drawn];
          return candidates(homeless(), hosts, { policy: "random", random: () => rest.shift() ?? 0 });
        };
        expect(draw()).toEqual(draw());
        expect([...draw().nodes].sort()).toEqual([...candidates(homeless(), hosts, spread).nodes].sort());
      }),
    );
  });

  test("random reaches every order", () => {
    const hosts = ["n2", "n3", "n4"].map((node) => host(node));
    const steps = [0, 0.34, 0.67];
    const orders = steps.flatMap((first) =>
      steps.map((second) => {
        const numbers = [first, second, 0];
        return candidates(homeless(), hosts, { policy: "random", random: () => numbers.shift() ?? 0 }).nodes.join(" ");
      }),
    );
    expect(new Set(orders).size).toBe(6);
  });
});
