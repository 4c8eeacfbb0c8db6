/** What nodes that answer are asked about those that do not, and what is made of it. */
import { expect, test } from "vitest";
import { systemClock } from "../../../../src/adapters/clock/index.ts";
import { askPeers } from "../../../../src/app/heartbeat/observe/witness.ts";
import type { HeartbeatPorts } from "../../../../src/app/ports.ts";
import type { HeartbeatCheck } from "../../../../src/domain/config/types.ts";
import type { NodeFacts } from "../../../../src/domain/heartbeat/facts.ts";
import { type Command, render } from "../../../../src/domain/shell.ts";
import { config, node } from "../../../fakes/config.ts";

const up = (bootId: string): NodeFacts => ({ state: "up", bootId, containers: [] });
const silent: NodeFacts = { state: "silent", code: "node-unreachable", message: "", missedBy: [], seenBy: [] };

interface Peers {
  /** The exit code of ping on a peer; undefined: the peer cannot be asked. */
  readonly pings?: Readonly<Record<string, number | undefined>>;
  /** `PEER PORT` that takes a connection. */
  readonly opens?: readonly string[];
}

async function asked({ pings = {}, opens = [] }: Peers, checks: readonly object[] = [], budgetMs = 2500) {
  const said: string[] = [];
  const connect = ({ name }: { name: string }) => {
    if (!(name in pings)) return Promise.reject(new Error("it does not answer"));
    return Promise.resolve({
      run: (command: Command, { timeoutMs }: { timeoutMs: number }) => {
        said.push(`${name}: ${render(command)} within ${String(timeoutMs)} ms`);
        const code = pings[name];
        return Promise.resolve(code === 0 ? { status: "ok", code } : { status: "failed", code });
      },
      openTcp: (address: string, port: number) => {
        said.push(`${name}: connects to ${address} ${String(port)}`);
        const isOpen = opens.includes(`${name} ${String(port)}`);
        return isOpen ? Promise.resolve({ destroy: () => undefined }) : Promise.reject(new Error("refused"));
      },
    });
  };
  const ports = {
    machine: { bootId: "ours" },
    clock: systemClock,
    signal: new AbortController().signal,
    nodes: { connect },
  } as unknown as HeartbeatPorts;
  const names = ["n1", "n2", "n3", "n4", "n5", "n6"];
  const seen = new Map<string, NodeFacts>([
    // As they have answered.
    ...["n5", "n3", "n2", "n4"].map((name): [string, NodeFacts] => [name, up(name)]),
    ["n1", silent],
    ["n6", up("ours")],
  ]);
  const heartbeat = { ...config().heartbeat, checks: checks as readonly HeartbeatCheck[] };
  const answers = await askPeers(ports, config({ nodes: names.map((name) => node(name)), heartbeat }), seen, {
    budgetMs,
    addresses: new Map([["n1", "10.0.0.1"]]),
  });
  return { answers, said: said.sort() };
}

test("three that are not this machine ping where the node was last reached, each for whole seconds", async () => {
  const { answers, said } = await asked({ pings: { n2: 0, n3: 1, n4: 2 } });
  // What cannot ping says nothing.
  expect(answers).toEqual({ n1: { seenBy: ["n2"], missedBy: ["n3"] } });
  expect(said).toEqual(["n2", "n3", "n4"].map((peer) => `${peer}: ping -c 1 -W 2 10.0.0.1 within 3000 ms`));
});

test("they have a second at least", async () => {
  const { said } = await asked({ pings: { n2: 1, n3: 1, n4: 1 } }, [], 300);
  expect(said[0]).toBe("n2: ping -c 1 -W 1 10.0.0.1 within 2000 ms");
});

test("a port that is watched may answer where pings are swallowed; three of them, and none that is for the node itself", async () => {
  const checks = [
    { container: "a", node: "n2", check: { check: "tcp", port: 1 } },
    { container: "b", node: "n1", check: { check: "http", port: 2, via: "node" } },
    { container: "c", node: "n1", check: { check: "docker" } },
    ...[3, 4, 5, 6].map((port) => ({ container: "d", node: "n1", check: { check: "tcp", port } })),
  ];
  const { answers, said } = await asked({ pings: { n2: 1, n3: 1, n4: 2 }, opens: ["n3 4", "n4 5", "n2 6"] }, checks);
  expect(answers).toEqual({ n1: { seenBy: ["n3", "n4"], missedBy: ["n2"] } });
  expect(said.filter((line) => line.includes("connects"))).toEqual(
    ["n2", "n3", "n4"].flatMap((peer) => [3, 4, 5].map((port) => `${peer}: connects to 10.0.0.1 ${String(port)}`)),
  );
});

test("a peer that cannot be asked has neither seen nor missed it", async () => {
  expect((await asked({ pings: { n3: 1 } })).answers).toEqual({ n1: { seenBy: [], missedBy: ["n3"] } });
});
