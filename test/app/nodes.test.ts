/** Rows of nodes, with this machine for each that answers. */
import { expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock/index.ts";
import { listNodes } from "../../src/app/nodes.ts";
import type { Ports } from "../../src/app/ports.ts";
import type { VipSection } from "../../src/domain/config/types.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { localNodes } from "../adapters/docker/local-nodes.ts";
import { config, node } from "../fakes/config.ts";
import { openProgress } from "../fakes/progress.ts";

const nodes = ["good", "bare", "silent", "stuck"].map((name) => node(name));
const info = { product: "Podman", serverVersion: "5.4.2", containersRunning: 2, containers: 3 };

/** `good` answers, `bare` has no Docker, `silent` cannot be reached, what `stuck` is asked fails. */
const rowsOf = (vips: readonly string[]) => {
  const here = localNodes({});
  const silent = new PictlError("node-unreachable", "Nothing answers.");
  const ports = {
    ...{ signal: new AbortController().signal, concurrency: 4, clock: systemClock, progress: openProgress() },
    nodes: {
      connect: async ({ name }: { name: string }) => {
        if (name === "silent") throw silent;
        const connection = await here.connect(node(name));
        return name === "stuck" ? { run: () => Promise.resolve({ status: "unknown", stdout: "" }) } : connection;
      },
    },
    engines: {
      on: ({ name }: { name: string }) => {
        if (name === "silent") return Promise.reject(silent);
        if (name === "bare") return Promise.reject(new PictlError("docker-missing", "No docker."));
        return Promise.resolve({ info: () => Promise.resolve(info) });
      },
    },
  } as unknown as Ports;
  return listNodes(ports, { config: config({ vips: vips.map((ip) => ({ ip }) as VipSection) }), nodes });
};

test("where a virtual IP is, what runs, and why a node is not told of, each once", async () => {
  const { result, failures } = await rowsOf(["192.0.2.7", "127.0.0.1"]);
  expect(result.nodes.map((row) => [row.node, row.reachable, row.failure, row.vip, row.dockerVersion])).toEqual([
    ["good", true, undefined, true, "Podman 5.4.2"],
    ["bare", true, undefined, true, null],
    ["silent", false, "node-unreachable", null, null],
    ["stuck", false, "command-failed", null, "Podman 5.4.2"],
  ]);
  expect(result.nodes.map(({ containers, containersRunning }) => [containersRunning, containers])).toEqual([
    [2, 3],
    [null, null],
    [null, null],
    [2, 3],
  ]);
  expect(failures.map((each) => `${String(each.node)} ${each.code}`)).toEqual([
    "bare docker-missing",
    "silent node-unreachable",
    "stuck command-failed",
  ]);
});

test("a virtual IP that no node has, and a cluster without any", async () => {
  const on = async (vips: readonly string[]) => (await rowsOf(vips)).result.nodes.map(({ vip }) => vip);
  expect(await on(["192.0.2.7"])).toEqual([false, false, null, null]);
  expect(await on([])).toEqual([null, null, null, null]);
});
