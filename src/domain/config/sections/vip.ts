import { canonical } from "../../ip-address.ts";
import { mayBeOfRouters, whyNeverVirtual } from "../../vip/address.ts";
import type { ConfigPath } from "../document/path.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawConfig, RawVip } from "../raw.ts";
import { placeOfAddress } from "../findings/same-address.ts";
import type { NodeSpec, VipSection } from "../types.ts";

/** The virtual IPs: that of the top level, as the original has it, then those of the list `vips`. */
export function buildVips(raw: RawConfig, nodes: readonly NodeSpec[], findings: Findings): readonly VipSection[] {
  const taken = new Map<string, ConfigPath>();
  const claim = (word: string, path: ConfigPath, what: string): void => {
    const other = taken.get(word);
    if (other !== undefined)
      findings.error(path, `the virtual IP ${what} ${word} is taken; they must differ`, { other });
    else taken.set(word, path);
  };
  return [{ section: raw as RawVip & { readonly name?: string | undefined }, at: [] as ConfigPath }]
    .concat((raw.vips ?? []).map((section, index) => ({ section, at: ["vips", index] })))
    .flatMap(({ section, at }) => {
      const vip = buildVip(section, at, findings);
      if (!vip) return [];
      claim(vip.ip, [...at, "vip_ip"], "address");
      for (const { name, address } of nodes) {
        if (canonical(address.toLowerCase()) !== vip.ip) continue;
        const message = `${vip.ip} is the address of the node ${name}, which would lose its network; give one that no machine has`;
        findings.error([...at, "vip_ip"], message, { other: placeOfAddress(raw, name) });
      }
      const name = at.length === 0 ? undefined : section.name;
      if (name !== undefined) claim(name, [...at, "name"], "name");
      return [{ ...vip, name: name ?? vip.ip }];
    });
}

/** An address and at least one node that can hold it; one without the other does nothing. */
function buildVip(raw: RawVip, at: ConfigPath, findings: Findings): Omit<VipSection, "name"> | undefined {
  const rows = raw.vip ?? [];
  const pathOf = new Map<string, ConfigPath>();
  rows.forEach(({ node, slave }, index) => {
    const path = [...at, "vip", index, "node"];
    const other = pathOf.get(node);
    if (other !== undefined) findings.error(path, `the node ${node} has a row already; keep one`, { other });
    pathOf.set(node, path);
    if (slave === node) {
      findings.error([...at, "vip", index, "slave"], `${node} cannot be pinged from itself; name another host`);
    }
  });
  if (raw.vip_ip === undefined) {
    if (rows.length > 0) findings.warning([...at, "vip"], "has no effect without vip_ip", { atKey: true });
    return undefined;
  }
  if (rows.length === 0) {
    const message = "has no effect: no row of vip names a node that can hold it";
    findings.warning([...at, "vip_ip"], message, { atKey: true });
    return undefined;
  }
  const ip = canonical(raw.vip_ip);
  const unfit = whyNeverVirtual(ip);
  if (unfit !== undefined) findings.error([...at, "vip_ip"], `${ip} cannot be a virtual IP: it is ${unfit}`);
  else if (mayBeOfRouters(ip)) {
    const message = `${ip} is the address of all routers of ${ip}/64, if that is its network; give another one`;
    findings.warning([...at, "vip_ip"], message);
  }
  rows.forEach(({ slave }, index) => {
    if (slave !== undefined && canonical(slave.toLowerCase()) === ip) {
      const message = `${ip} is the virtual IP itself, which only its holder can ping; name another host`;
      findings.error([...at, "vip", index, "slave"], message);
    }
  });
  return {
    ip,
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
