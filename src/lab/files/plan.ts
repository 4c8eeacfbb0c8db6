import { join } from "node:path";
import { controllerAddress, nodeAddress, parseSubnet, spareAddress } from "../network/subnet.ts";
import type { LabNode, LabRecord } from "../types.ts";

/** Every name and address of a lab, as they follow from its record alone. */
export interface LabPlan {
  readonly record: LabRecord;
  readonly nodes: readonly LabNode[];
  readonly controller: string;
  /** Prefix length of the lab's network. */
  readonly prefix: number;
  readonly virtualIp: string;
  /** The controller's end of its cable to the switch, in this machine's own network namespace. */
  readonly controllerLink: string;
  /** Below the root of every cgroup hierarchy; containers of node n1 are in `CGROUP/n1`. */
  readonly cgroup: string;
  readonly sshPort: number;
  readonly paths: LabPaths;
}

export interface LabPaths {
  readonly record: string;
  readonly config: string;
  readonly docker: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly state: string;
  readonly hostKeys: string;
  /** One file per process that was started: its id and start time. Not in the lab's folder: that may be removed by hand. */
  readonly run: string;
  readonly nodes: string;
}

/** Where labs are written down that exist now: gone after a reboot, as they are. */
export const REGISTRY = "/run/pictl-lab";

/** What only a lab writes into its folder; the record last, so that half a removal can be gone on with. */
export const OWN_ENTRIES = ["hostkeys", "key", "key.pub", "known_hosts", "nodes", "state", "lab.json.new", "lab.json"];

export function planLab(record: LabRecord): LabPlan {
  const subnet = parseSubnet(record.subnet);
  if (subnet === undefined) throw new RangeError(`${record.subnet} is not an IPv4 network`);
  const paths = labPaths(record);
  return {
    record,
    nodes: Array.from({ length: record.nodes }, (_, index) => {
      const name = `n${index + 1}`;
      const address = nodeAddress(subnet, index);
      return { name, address, mac: macOf(address), dir: join(paths.nodes, name) };
    }),
    controller: controllerAddress(subnet),
    prefix: subnet.bits,
    virtualIp: spareAddress(subnet),
    controllerLink: `pl-${record.name}`,
    cgroup: `/pictl-lab/${record.name}`,
    sshPort: sshPort(record.sshdOptions),
    paths,
  };
}

export function labPaths({ name, dir }: { readonly name: string; readonly dir: string }): LabPaths {
  return {
    record: join(dir, "lab.json"),
    config: join(dir, "config.json"),
    docker: join(dir, "docker"),
    key: join(dir, "key"),
    knownHosts: join(dir, "known_hosts"),
    state: join(dir, "state"),
    hostKeys: join(dir, "hostkeys"),
    run: join(REGISTRY, name),
    nodes: join(dir, "nodes"),
  };
}

function sshPort(sshdOptions: readonly string[]): number {
  const option = sshdOptions.find((text) => /^port=\d+$/i.test(text));
  return option === undefined ? 22 : Number(option.slice("port=".length));
}

/** A locally administered MAC that holds the IPv4 address, as Docker makes them. */
function macOf(address: string): string {
  return ["02", "4c", ...address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"))].join(":");
}
