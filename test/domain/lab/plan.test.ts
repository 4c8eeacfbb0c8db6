import { expect, test } from "vitest";
import { cutsOf } from "../../../src/lab/network/cuts.ts";
import { fstab } from "../../../src/lab/node/fstab.ts";
import { planLab } from "../../../src/lab/files/plan.ts";
import type { LabRecord } from "../../../src/lab/types.ts";

const record: LabRecord = {
  version: 1,
  name: "demo",
  dir: "/srv/demo",
  subnet: "10.77.4.0/22",
  nodes: 300,
  docker: true,
  disk: null,
  sshdOptions: [],
  bootId: "b",
  madeDir: null,
  wrote: [],
};

test("names and addresses follow from the record alone", () => {
  const plan = planLab(record);
  expect(plan.nodes[0]).toEqual({
    name: "n1",
    address: "10.77.4.11",
    mac: "02:4c:0a:4d:04:0b",
    dir: "/srv/demo/nodes/n1",
  });
  expect(plan.nodes[299]?.address).toBe("10.77.5.54");
  expect(plan).toMatchObject({
    controller: "10.77.4.1",
    prefix: 22,
    virtualIp: "10.77.4.10",
    controllerLink: "pl-demo",
    cgroup: "/pictl-lab/demo",
  });
});

test("no two nodes share an address or a MAC, and the virtual IP is nobody's", () => {
  const { nodes, virtualIp, controller } = planLab(record);
  expect(new Set([...nodes.map((node) => node.address), virtualIp, controller]).size).toBe(302);
  expect(new Set(nodes.map((node) => node.mac)).size).toBe(300);
});

test("the longest name fits an interface's 15 characters", () => {
  expect(planLab({ ...record, name: "a".repeat(12) }).controllerLink).toHaveLength(15);
});

test("a node's mounts: overlays for what it may change, the rest its own", () => {
  const text = fstab({
    dir: "/srv/n1",
    overlays: true,
    hostFolders: ["etc", "usr", "opt", "root", "data"],
    disk: "8m",
  });
  expect(text.split("\n")).toEqual([
    "overlay /srv/n1/root/etc overlay lowerdir=/etc,upperdir=/srv/n1/etc,workdir=/srv/n1/work.etc 0 0",
    "overlay /srv/n1/root/usr overlay lowerdir=/usr,upperdir=/srv/n1/usr,workdir=/srv/n1/work.usr 0 0",
    "/opt /srv/n1/root/opt none bind,ro 0 0",
    "proc /srv/n1/root/proc proc nosuid,nodev,noexec 0 0",
    "sysfs /srv/n1/root/sys sysfs nosuid,nodev,noexec 0 0",
    "/sys/fs/cgroup /srv/n1/root/sys/fs/cgroup none rbind 0 0",
    "tmpfs /srv/n1/root/dev tmpfs mode=0755,nosuid 0 0",
    "devpts /srv/n1/root/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,gid=5,X-mount.mkdir 0 0",
    "tmpfs /srv/n1/root/dev/shm tmpfs mode=1777,nosuid,nodev,X-mount.mkdir 0 0",
    "mqueue /srv/n1/root/dev/mqueue mqueue nosuid,nodev,noexec,X-mount.mkdir 0 0",
    "tmpfs /srv/n1/root/run tmpfs mode=0755,nosuid,nodev 0 0",
    "tmpfs /srv/n1/root/tmp tmpfs mode=1777,nosuid,nodev 0 0",
    "tmpfs /srv/n1/root/var/lib/docker tmpfs mode=0710,size=8m 0 0",
    "",
  ]);
});

test("without overlays a node sees this machine's programs read-only", () => {
  const lines = fstab({ dir: "/srv/n1", overlays: false, hostFolders: [], disk: null }).split("\n");
  expect(lines[0]).toBe("/usr /srv/n1/root/usr none bind,ro 0 0");
  expect(lines.filter((line) => line.startsWith("overlay") || line.includes("/etc "))).toEqual([]);
});

test("cuts from one port's point of view", () => {
  const cuts = [
    ["n1", "n2"],
    ["n2", "n1"],
    ["n1", "n3"],
    ["controller", "n1"],
    ["n2", "n3"],
  ] as const;
  expect(cutsOf("n1", cuts)).toEqual([
    { peer: "controller", direction: "from" },
    { peer: "n2", direction: "both" },
    { peer: "n3", direction: "to" },
  ]);
  expect(cutsOf("n4", cuts)).toEqual([]);
});
