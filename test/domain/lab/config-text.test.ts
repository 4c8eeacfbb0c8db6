import { expect, test } from "vitest";
import { sampleConfig } from "../../../src/lab/files/config-text.ts";
import { planLab } from "../../../src/lab/files/plan.ts";

const plan = (nodes: number) =>
  planLab({
    version: 1,
    name: "lab",
    dir: "/srv/lab",
    subnet: "10.77.0.0/24",
    nodes,
    docker: true,
    disk: null,
    sshdOptions: [],
    bootId: "b",
    madeDir: null,
    wrote: [],
  });

test("the README sample's shape, a line for each row", () => {
  expect(sampleConfig(plan(3), ["web", "clock"])).toBe(`{
  "cluster": "lab",
  "docker": "docker",
  "layout": [
    { "node": "n1", "web": "-p 8080:80" },
    { "node": "n2", "clock": "-p 8081:80" },
    { "node": "n3" }
  ],
  "hb": [
    { "node": "n1", "web": "8080" },
    { "node": "n2", "clock": "8081" }
  ],
  "vip_ip": "10.77.0.10",
  "vip": [
    { "node": "n1", "vip_eth_device": "eth0", "slave": "10.77.0.12", "vip_ping_time": "10000" },
    { "node": "n2", "vip_eth_device": "eth0", "slave": "10.77.0.11", "vip_ping_time": "15000" }
  ],
  "container_host_constraints": [
    { "container": "web,n1,n2,n3" },
    { "container": "clock,n1,n2,n3" }
  ],
  "commandlist": [
    { "Uptime": "uptime" },
    { "DiskSpace": "df -h /" }
  ],
  "automatic_heartbeat": "enabled",
  "heartbeat_interval": "30000",
  "syslog": "dmesg",
  "ssh": {
    "user": "root",
    "identity_file": "key",
    "known_hosts_file": "known_hosts"
  },
  "nodes": {
    "n1": { "address": "10.77.0.11" },
    "n2": { "address": "10.77.0.12" },
    "n3": { "address": "10.77.0.13" }
  },
  "state_dir": "state"
}
`);
});

test("one node has no virtual IP to share and takes every image", () => {
  const config = JSON.parse(sampleConfig(plan(1), ["web", "clock"])) as Record<string, unknown>;
  expect(config).not.toHaveProperty("vip_ip");
  expect(config["layout"]).toEqual([{ node: "n1", web: "-p 8080:80", clock: "-p 8081:80" }]);
});

test("a lab without images has empty sections", () => {
  const config = JSON.parse(sampleConfig(plan(2), [])) as Record<string, unknown>;
  expect(config).toMatchObject({ layout: [{ node: "n1" }, { node: "n2" }], hb: [], container_host_constraints: [] });
  expect(config).not.toHaveProperty("docker");
});
