import { expect, test } from "vitest";
import { leased } from "../../../src/app/leadership/leased.ts";
import type { Connection, Nodes } from "../../../src/app/ports.ts";
import { words } from "../../../src/domain/shell.ts";
import { node } from "../../fakes/config.ts";

const login = { address: "n1:22", user: "root", method: "publickey", through: [] } as const;

/** A connection whose every function gives what it was called with. */
function nodesWith(parts: Partial<Connection>): { readonly nodes: Nodes; readonly discarded: string[] } {
  const discarded: string[] = [];
  const echo =
    (name: string) =>
    (...given: readonly unknown[]): unknown =>
      Promise.resolve([name, ...given]);
  const names = ["run", "pipe", "terminal", "openSocket", "openTcp", "listen", "privilege", "dockerHost", "clock"];
  const connection = { node: "n1", ...Object.fromEntries(names.map((name) => [name, echo(name)])), ...parts };
  const nodes = {
    connect: (to: unknown, signal: unknown) => Promise.resolve({ ...connection, given: [to, signal] }),
    discard: (name: string) => void discarded.push(name),
    close: () => Promise.reject(new Error("closed")),
  } as unknown as Nodes;
  return { nodes, discarded };
}

const lease = (): number => 7;

test("a change is bound to the lease, and nothing else is", async () => {
  const connection = await leased(nodesWith({}).nodes, lease).connect(node("n1"));
  const command = words("true");
  expect(await connection.run(command)).toEqual(["run", command, {}]);
  expect(await connection.run(command, { sudo: true })).toEqual(["run", command, { sudo: true }]);
  expect(await connection.run(command, { sudo: true, guard: { until: 9 } })).toEqual([
    "run",
    command,
    { sudo: true, guard: { until: 9, lease } },
  ]);
  const own = (await connection.run(command, { guard: {} })) as unknown as readonly [string, unknown, object];
  expect(own[2]).toEqual({ guard: { lease } });
});

test("all else is the node's own", async () => {
  const { nodes, discarded } = nodesWith({});
  const bound = leased(nodes, lease);
  const connection = await bound.connect(node("n1"));
  const command = words("true");
  const { signal } = new AbortController();
  const onStream = (): void => undefined;
  expect([connection.node, connection.login]).toEqual(["n1", undefined]);
  expect(await connection.pipe(command, { signal })).toEqual(["pipe", command, { signal }]);
  const terminal = { columns: 80, rows: 24, term: "xterm", onOutput: onStream, signal };
  expect(await connection.terminal(command, terminal)).toEqual(["terminal", command, terminal]);
  expect(await connection.openSocket("/run/docker.sock", signal)).toEqual(["openSocket", "/run/docker.sock", signal]);
  expect(await connection.openTcp("localhost", 80, signal)).toEqual(["openTcp", "localhost", 80, signal]);
  expect(await connection.listen(5000, onStream, signal)).toEqual(["listen", 5000, onStream, signal]);
  expect(await connection.privilege()).toEqual(["privilege"]);
  expect(await connection.dockerHost()).toEqual(["dockerHost"]);
  expect(await connection.clock({ maxAgeMs: 5 })).toEqual(["clock", { maxAgeMs: 5 }]);
  bound.discard("n1");
  expect(discarded).toEqual(["n1"]);
  await expect(bound.close()).rejects.toThrow("closed");
  expect((await leased(nodesWith({ login }).nodes, lease).connect(node("n1"))).login).toEqual(login);
});
