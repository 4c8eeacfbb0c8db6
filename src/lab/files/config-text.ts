import type { LabPlan } from "./plan.ts";

/** The port on which the first image is published; the others follow. */
const FIRST_PORT = 8080;

/**
 * The text of a lab's config: one image a node, each published on a port of its own and checked there, may move to
 * any node; a virtual IP on the first two nodes. Pure.
 */
export function sampleConfig(plan: LabPlan, images: readonly string[]): string {
  const names = plan.nodes.map((node) => node.name);
  const placed = images.map((image, index) => ({
    image,
    node: names[index % names.length] ?? "",
    port: FIRST_PORT + index,
  }));
  const rows = (value: (port: number) => string): Record<string, string>[] =>
    names.map((node) => ({
      node,
      ...Object.fromEntries(placed.filter((row) => row.node === node).map(({ image, port }) => [image, value(port)])),
    }));
  return layOut({
    cluster: plan.record.name,
    ...(images.length === 0 ? {} : { docker: "docker" }),
    layout: rows((port) => `-p ${port}:80`),
    hb: rows(String).filter((row) => Object.keys(row).length > 1),
    ...virtualIp(plan),
    container_host_constraints: images.map((image) => ({ container: [image, ...names].join(",") })),
    commandlist: [{ Uptime: "uptime" }, { DiskSpace: "df -h /" }],
    automatic_heartbeat: "enabled",
    heartbeat_interval: "30000",
    syslog: "dmesg",
    ssh: {
      user: "root",
      ...(plan.sshPort === 22 ? {} : { port: plan.sshPort }),
      identity_file: "key",
      known_hosts_file: "known_hosts",
    },
    nodes: Object.fromEntries(plan.nodes.map((node) => [node.name, { address: node.address }])),
    state_dir: "state",
  });
}

function virtualIp({ nodes: [first, second], virtualIp }: LabPlan): object {
  if (first === undefined || second === undefined) return {};
  return {
    vip_ip: virtualIp,
    vip: [
      { node: first.name, vip_eth_device: "eth0", slave: second.address, vip_ping_time: "10000" },
      { node: second.name, vip_eth_device: "eth0", slave: first.address, vip_ping_time: "15000" },
    ],
  };
}

/** JSON as a person writes a config: a line for each row. */
function layOut(config: Record<string, unknown>): string {
  const sections = Object.entries(config).map(([key, value]) => `  ${JSON.stringify(key)}: ${section(value)}`);
  return `{\n${sections.join(",\n")}\n}\n`;
}

function section(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const rows = Array.isArray(value)
    ? value.map(onOneLine)
    : Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${onOneLine(entry)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return rows.length === 0 ? `${open}${close}` : `${open}\n${rows.map((row) => `    ${row}`).join(",\n")}\n  ${close}`;
}

/** A line break in JSON text is never inside a string. */
function onOneLine(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
}
