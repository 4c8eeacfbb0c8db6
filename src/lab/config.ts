/** The config of a new lab: the shape of the README's sample, with what the lab adds. */
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPlan } from "./plan.ts";
import { packageRoot } from "./templates.ts";

/** Entries of the lab's folder that a user may bring along; `lab up` writes the ones that are missing. */
export function missingEntries(plan: LabPlan): string[] {
  return [plan.paths.config, plan.paths.docker]
    .filter((path) => !existsSync(path))
    .map((path) => path.slice(plan.record.dir.length + 1));
}

export function writeEntries(plan: LabPlan): void {
  const demo = join(packageRoot(), "templates", "demo");
  if (plan.record.wrote.includes("docker") && !existsSync(plan.paths.docker))
    cpSync(demo, plan.paths.docker, { recursive: true, verbatimSymlinks: true });
  if (plan.record.wrote.includes("config.json") && !existsSync(plan.paths.config)) {
    writeFileSync(plan.paths.config, `${JSON.stringify(sampleConfig(plan, imagesIn(plan.paths.docker)), null, 2)}\n`, {
      mode: 0o600,
    });
  }
}

/** The sample: `web` on the first node, every further image on the next one, heartbeats and a virtual IP. */
export function sampleConfig(plan: LabPlan, images: readonly string[]): Record<string, unknown> {
  const [first, second] = plan.nodes;
  const nodeNames = plan.nodes.map((node) => node.name);
  const placed = plan.record.docker ? images : [];
  const port = (image: string): number =>
    image === "web" ? 8080 : 8081 + placed.filter((name) => name !== "web").indexOf(image);
  const hostOf = (image: string): string => nodeNames[placed.indexOf(image) % nodeNames.length] ?? "n1";
  const row = (value: (image: string) => unknown) => (node: string) => ({
    node,
    ...Object.fromEntries(placed.filter((image) => hostOf(image) === node).map((image) => [image, value(image)])),
  });
  return {
    cluster: plan.record.name,
    docker: "docker",
    layout: nodeNames.map(row((image) => `-p ${port(image)}:80`)),
    hb: nodeNames.map(row((image) => String(port(image)))).filter((entry) => Object.keys(entry).length > 1),
    ...(first === undefined || second === undefined
      ? {}
      : {
          vip_ip: plan.virtualIp,
          vip: [
            { node: first.name, vip_eth_device: "eth0", slave: second.address, vip_ping_time: "10000" },
            { node: second.name, vip_eth_device: "eth0", slave: first.address, vip_ping_time: "15000" },
          ],
        }),
    container_host_constraints: placed.map((image) => ({ container: [image, ...nodeNames].join(",") })),
    commandlist: [{ Uptime: "uptime" }, { DiskSpace: "df -h /" }],
    automatic_heartbeat: "enabled",
    heartbeat_interval: "30000",
    syslog: "dmesg",
    ssh: { user: "root", identity_file: plan.paths.key, known_hosts_file: plan.paths.knownHosts },
    nodes: Object.fromEntries(plan.nodes.map((node) => [node.name, { address: node.address }])),
    state_dir: plan.paths.state,
  };
}

function imagesIn(docker: string): string[] {
  const names = readdirSync(docker, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(docker, entry.name, "Dockerfile")))
    .map((entry) => entry.name)
    .sort();
  return names.includes("web") ? ["web", ...names.filter((name) => name !== "web")] : names;
}
