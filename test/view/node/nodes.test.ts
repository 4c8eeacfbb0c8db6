import { expect, test } from "vitest";
import type { NodeRow } from "../../../src/app/nodes.ts";
import { nodesView } from "../../../src/view/node/nodes.ts";

const gib = 2 ** 30;

function row(node: string, parts: Partial<NodeRow> = {}): NodeRow {
  return {
    node,
    address: node,
    reachable: true,
    cordoned: false,
    dockerVersion: "20.10.24+dfsg1",
    containersRunning: 3,
    containers: 5,
    vip: null,
    os: "Debian GNU/Linux 12 (bookworm)",
    arch: "x86_64",
    kernel: "6.1.0-18-amd64",
    uptimeSeconds: 350_735,
    load1: 0.521,
    memoryTotalBytes: 16 * gib,
    memoryAvailableBytes: 10 * gib,
    diskTotalBytes: 100 * gib,
    diskUsedBytes: 20 * gib,
    diskAvailableBytes: 60 * gib,
    ...parts,
  };
}

const unreachable: NodeRow = {
  node: "192.168.0.101",
  address: "192.168.0.101",
  reachable: false,
  cordoned: false,
  dockerVersion: null,
  containersRunning: null,
  containers: null,
  vip: null,
};

const rows = [
  row("192.168.0.100", { vip: true }),
  unreachable,
  row("192.168.0.102", {
    os: "Raspbian GNU/Linux 11 (bullseye)",
    arch: "armv7l",
    dockerVersion: null,
    containersRunning: null,
  }),
  row("192.168.0.103", { os: "Alpine Linux v3.19", memoryAvailableBytes: null, uptimeSeconds: null, load1: null }),
];

test("everything where there is room", () => {
  expect(nodesView({ nodes: rows }, { colour: false, width: Number.POSITIVE_INFINITY })).toBe(
    [
      "NODE           STATE        OS            ARCH    KERNEL          UP   LOAD          MEMORY            DISK  DOCKER    RUN  VIP",
      "192.168.0.100  ready        Debian 12     x86_64  6.1.0-18-amd64  4 d  0.52  38 % of 16 GiB  25 % of 80 GiB  20.10.24  3/5  holds",
      "192.168.0.101  unreachable  -             -       -               -       -               -               -  -           -",
      "192.168.0.102  no docker    Raspbian 11   armv7l  6.1.0-18-amd64  4 d  0.52  38 % of 16 GiB  25 % of 80 GiB  -           -",
      "192.168.0.103  ready        Alpine v3.19  x86_64  6.1.0-18-amd64  -       -               -  25 % of 80 GiB  20.10.24  3/5",
      "",
    ].join("\n"),
  );
});

test.each([80, 100, 120])("no line is wider than %d columns, and the state of every node is whole", (width) => {
  const text = nodesView({ nodes: rows }, { colour: false, width });
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
  for (const word of ["192.168.0.101", "unreachable", "no docker", "holds", "38 %", "25 %"])
    expect(text).toContain(word);
});

test("a cordon is told at every width, whatever else is wrong", () => {
  const cordoned = [row("n1", { cordoned: true }), { ...unreachable, cordoned: true }];
  for (const width of [80, 200]) {
    const lines = nodesView({ nodes: cordoned }, { colour: false, width }).split("\n");
    expect(lines[1]).toContain("ready, cordoned ");
    expect(lines[2]).toContain("unreachable, cordoned ");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
});

test("an address is shown where it is not the name", () => {
  const text = nodesView({ nodes: [row("n1", { address: "10.0.0.1" })] }, { colour: false, width: 80 });
  expect(text).toMatch(/^NODE\s+STATE\s+ADDRESS/);
  expect(text).toContain("10.0.0.1");
});

test("a node that answers and is not trusted, or lets nobody in, is not told as one that is silent", () => {
  const states = (["host-key-unknown", "host-key-changed", "auth-failed", "node-unreachable"] as const).map(
    (failure) =>
      nodesView({ nodes: [{ ...unreachable, failure }] }, { colour: false, width: 80 })
        .split("\n")[1]
        ?.split(/ {2,}/)[1],
  );
  expect(states).toEqual(["unknown key", "changed key", "login refused", "unreachable"]);
});
