import type { ConfigPath } from "./path.ts";
import type { Findings } from "./problem.ts";
import type { RawConfig } from "./raw.ts";
import type { VipSection } from "./types.ts";

/** The virtual IP: an address and at least one node that can hold it; one without the other does nothing. */
export function buildVip(raw: RawConfig, findings: Findings): VipSection | undefined {
  const rows = raw.vip ?? [];
  const pathOf = new Map<string, ConfigPath>();
  rows.forEach(({ node, slave }, index) => {
    const path = ["vip", index, "node"];
    const other = pathOf.get(node);
    if (other !== undefined) findings.error(path, `the node ${node} has a row already; keep one`, { other });
    pathOf.set(node, path);
    if (slave === node)
      findings.error(["vip", index, "slave"], `${node} cannot be pinged from itself; name another host`);
  });
  if (raw.vip_ip === undefined) {
    if (rows.length > 0) findings.warning(["vip"], "has no effect without vip_ip", { atKey: true });
    return undefined;
  }
  if (rows.length === 0) {
    findings.warning(["vip_ip"], "has no effect: no row of vip names a node that can hold it", { atKey: true });
    return undefined;
  }
  if (raw.vip_ip.includes(":")) {
    findings.error(
      ["vip_ip"],
      "an IPv6 address cannot be a virtual IP here: nodes have no program that announces it; give an IPv4 one",
    );
  }
  return {
    ip: raw.vip_ip,
    mode: raw.vip_mode ?? "static",
    leaseMs: raw.vip_lease ?? 15_000,
    preempt: raw.vip_preempt ?? false,
    candidates: rows.map((row) => ({
      node: row.node,
      device: row.vip_eth_device,
      slave: row.slave,
      pingIntervalMs: row.vip_ping_time ?? 10_000,
    })),
  };
}
