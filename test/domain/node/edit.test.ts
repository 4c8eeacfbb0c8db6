import { describe, expect, test } from "vitest";
import { applyEdit } from "../../../src/domain/config/document/apply-edit.ts";
import type { RawConfig } from "../../../src/domain/config/raw.ts";
import { type NewNode, planAddNode } from "../../../src/domain/node/add.ts";
import type { PlannedEdit } from "../../../src/domain/node/edit.ts";
import { planRemoveNode, refuseInUse } from "../../../src/domain/node/remove.ts";

/** The document after the edits, made as the use case makes them: from the last to the first. */
function after(raw: RawConfig, planned: readonly PlannedEdit[]): unknown {
  return planned.map(({ edit }) => edit).reduceRight<unknown>((document, edit) => applyEdit(document, edit), raw);
}

describe("adding a node", () => {
  test("a bare name is a row of the layout", () => {
    const raw = { layout: [{ node: "n1" }] };
    expect(after(raw, planAddNode(raw, { name: "n2" }))).toEqual({ layout: [{ node: "n1" }, { node: "n2" }] });
  });

  test.each([[{}], [{ layout: null }], [{ layout: [] }]])("the first node of %j", (raw) => {
    expect(after(raw, planAddNode(raw, { name: "n1" }))).toEqual({ layout: [{ node: "n1" }] });
  });

  test("how it is reached goes under `nodes`", () => {
    const raw: RawConfig = { layout: [{ node: "n1" }], nodes: null };
    const node: NewNode = {
      name: "pi-4",
      address: "fe80::1%eth0",
      user: "pi",
      port: 2222,
      identityFile: "/keys/pi",
      proxyJump: "me@bastion:22,[::1]:2022",
      labels: ["rack=b", "note=a=b", "empty="],
    };
    const planned = planAddNode(raw, node);
    expect(after(raw, planned)).toEqual({
      layout: [{ node: "n1" }, { node: "pi-4" }],
      nodes: {
        "pi-4": {
          address: "fe80::1%eth0",
          user: "pi",
          port: 2222,
          identity_file: "/keys/pi",
          proxy_jump: "me@bastion:22,[::1]:2022",
          labels: { rack: "b", note: "a=b", empty: "" },
        },
      },
    });
    expect(planned[0]?.text).toBe('layout[1] = {"node":"pi-4"}');
  });

  test("an entry that `nodes` has already is completed", () => {
    const raw: RawConfig = { vip: [{ node: "n2", vip_eth_device: "eth0" }], nodes: { n2: { user: "pi" } } };
    expect(after(raw, planAddNode(raw, { name: "n2", user: "pi", port: 22 }))).toMatchObject({
      layout: [{ node: "n2" }],
      nodes: { n2: { user: "pi", port: 22 } },
    });
  });

  test("and never contradicted", () => {
    const raw: RawConfig = { nodes: { n2: { user: "pi" } } };
    expect(() => planAddNode(raw, { name: "n2", user: "root" })).toThrow(
      'The config says "pi" for `nodes.n2.user`, not "root".',
    );
  });

  test.each<[NewNode, string]>([
    [{ name: "n1" }, "n1 is in the layout already (layout[0])."],
    [{ name: "-oProxyCommand=id" }, '"-oProxyCommand=id" cannot be the name of a node'],
    [{ name: "$(id)" }, '"$(id)" cannot be the name of a node'],
    [{ name: "a b" }, '"a b" cannot be the name of a node'],
    [{ name: "../x" }, '"../x" cannot be the name of a node'],
    [{ name: "🦊" }, '"🦊" cannot be the name of a node'],
    [{ name: "" }, '"" cannot be the name of a node'],
    [{ name: "pi@n2" }, '"pi@n2" cannot be the name of a node'],
    [{ name: "n2:22" }, '"n2:22" cannot be the name of a node'],
    [{ name: "x".repeat(300) }, "cannot be the name of a node"],
    [{ name: "n2", address: "10.0.0.2:22" }, '"10.0.0.2:22" is no address'],
    [{ name: "n2", address: "-x" }, '"-x" is no address'],
    [{ name: "n2", user: "a;b" }, '"a;b" cannot be the name of a user'],
    [{ name: "n2", proxyJump: "-oProxyCommand=id" }, "is no list of jump hosts"],
    [{ name: "n2", proxyJump: "host:99999" }, "is no list of jump hosts"],
    [{ name: "n2", labels: ["rack"] }, '"rack" is no label: expected KEY=VALUE.'],
    [{ name: "n2", labels: ["=b"] }, '"=b" is no label'],
  ])("%j is refused", (node, message) => {
    expect(() => planAddNode({ layout: [{ node: "n1" }] }, node)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) as string }) as Error,
    );
  });
});

const cluster: RawConfig = {
  layout: [{ node: "127.0.0.1", sql: "" }, { node: "127.0.0.10", mysql: "-p 1:1", web: "" }, { node: "127.0.0.11" }],
  hb: [
    { node: "127.0.0.1", sql: 1 },
    { node: "127.0.0.10", mysql: 2 },
  ],
  vip: [
    { node: "127.0.0.1", vip_eth_device: "eth0", slave: "127.0.0.10" },
    { node: "127.0.0.10", vip_eth_device: "eth0", slave: "127.0.0.1" },
    { node: "127.0.0.11", vip_eth_device: "eth0", slave: "10.0.0.1" },
  ],
  container_host_constraints: [
    { container: "sql, 127.0.0.1 ,127.0.0.10" },
    { container: "mysql,127.0.0.1" },
    {},
    { container: "web,127.0.0.10,127.0.0.11" },
  ],
  nodes: { "127.0.0.1": { address: "10.0.0.1" }, "127.0.0.10": null },
};

describe("removing a node", () => {
  test("every mention of it goes, and none of a longer name (the original removed 127.0.0.10 with 127.0.0.1)", () => {
    const planned = planRemoveNode(cluster, "127.0.0.1");
    expect(after(cluster, planned)).toEqual({
      layout: [{ node: "127.0.0.10", mysql: "-p 1:1", web: "" }, { node: "127.0.0.11" }],
      hb: [{ node: "127.0.0.10", mysql: 2 }],
      vip: [
        { node: "127.0.0.10", vip_eth_device: "eth0" },
        { node: "127.0.0.11", vip_eth_device: "eth0" },
      ],
      container_host_constraints: [{ container: "sql,127.0.0.10" }, {}, { container: "web,127.0.0.10,127.0.0.11" }],
      nodes: { "127.0.0.10": null },
    });
    expect(planned.map(({ text }) => text)).toEqual([
      "layout[0] is removed, with sql",
      "hb[0] is removed",
      "vip[0] is removed",
      "vip[1].slave is removed",
      "vip[2].slave is removed",
      'container_host_constraints[0].container = "sql,127.0.0.10"',
      "container_host_constraints[1] is removed: mysql has nowhere to move to any more",
      'nodes["127.0.0.1"] is removed',
    ]);
  });

  test("its rows in further virtual IPs go too", () => {
    const row = { node: "n1", vip_eth_device: "eth0" };
    const raw: RawConfig = {
      vips: [{ vip: [{ ...row, node: "n2", slave: "n1" }, row] }, { name: "db", vip: [row, { ...row, node: "n2" }] }],
    };
    expect(planRemoveNode(raw, "n1").map(({ text }) => text)).toEqual([
      "vips[0].vip[0].slave is removed",
      "vips[0].vip[1] is removed",
      "vips[1].vip[0] is removed",
    ]);
  });

  test("a part of a name is nobody", () => {
    expect(planRemoveNode(cluster, "127.0.0")).toEqual([]);
    expect(planRemoveNode(cluster, "mysql")).toEqual([]);
    expect(planRemoveNode({}, "constructor")).toEqual([]);
  });

  test("the values of what goes are not told: they may be secrets", () => {
    const raw: RawConfig = { layout: [{ node: "n1", db: { args: "-e PASSWORD=hunter2" } }] };
    expect(JSON.stringify(planRemoveNode(raw, "n1").map(({ text }) => text))).not.toContain("hunter2");
  });

  test.each([
    [{ placed: ["web", "db"], running: null }, "The layout places 2 containers on n1: web, db."],
    [{ placed: [], running: ["old"] }, "Containers of this cluster still run on n1: old."],
  ])("%j: refused", (use, message) => {
    expect(() => {
      refuseInUse("n1", use);
    }).toThrow(expect.objectContaining({ code: "node-in-use", message }) as Error);
  });

  test.each([null, []])("nothing placed, %j running: allowed", (running) => {
    expect(() => {
      refuseInUse("n1", { placed: [], running });
    }).not.toThrow();
  });
});

test("names that a node made up are words in a command to paste", () => {
  const refusing = (): void => {
    refuseInUse("n1", { placed: [], running: ["web", "x$(reboot)", "'; id"] });
  };
  expect(refusing).toThrow(
    expect.objectContaining({
      hint: expect.stringContaining(`\`pictl exec --node n1 -- docker rm -f web 'x$(reboot)' ''\\''; id'\``) as string,
    }),
  );
});
