import { expect, test } from "vitest";
import { buildConfig } from "../../../../src/domain/config/build.ts";
import type { RawConfig } from "../../../../src/domain/config/raw.ts";

/** Where two nodes are told to be one machine. */
function told(raw: RawConfig): string[] {
  const { findings } = buildConfig(raw, { resolvePath: (path) => path, defaultStateDir: "/state" });
  return findings.flatMap(({ severity, path, message }) => {
    const [, first] = /^the node (\S+) has this address too/.exec(message) ?? [];
    return first === undefined ? [] : [`${severity} at ${path.join(".")}: ${first}`];
  });
}

const layout = [{ node: "n1" }, { node: "n2" }, { node: "n3" }];

test.each([
  ["names alone", { layout }, []],
  ["other addresses", { layout, nodes: { n1: { address: "10.0.0.1" }, n2: { address: "10.0.0.2" } } }, []],
  [
    "one address",
    { layout, nodes: { n1: { address: "10.0.0.1" }, n3: { address: "10.0.0.1" } } },
    ["warning at nodes.n3.address: n1"],
  ],
  [
    "one address, and each its port",
    { layout, nodes: { n1: { address: "10.0.0.1" }, n3: { address: "10.0.0.1", port: 2222 } } },
    [],
  ],
  [
    "one address in two networks",
    { layout, nodes: { n1: { address: "10.0.0.1" }, n3: { address: "10.0.0.1", proxy_jump: "bastion" } } },
    [],
  ],
  [
    "the name of one is the address of another",
    { layout, nodes: { n1: { address: "N2" } } },
    ["warning at layout.1.node: n1"],
  ],
  [
    "this machine by name and by address, each in another section",
    {
      layout: [{ node: "localhost", web: "" }],
      vip: [{ node: "127.0.0.1", vip_eth_device: "lo" }],
      container_host_constraints: [{ container: "web, localhost" }, { container: "web, ::1" }],
    },
    ["warning at vip.0.node: localhost", "warning at container_host_constraints.1.container: localhost"],
  ],
] as [string, RawConfig, string[]][])("%s", (_, raw, expected) => {
  expect(told(raw)).toEqual(expected);
});
