/** An auditor for a test's lab. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Auditor, startAuditor } from "../auditor/index.ts";
import type { TestLab } from "./test-lab.ts";

export interface AuditOptions {
  /** Watches the virtual address of the lab's config too, asks it and asks for it. */
  readonly vip?: boolean;
  readonly canaries?: readonly string[];
}

/** Starts to watch a lab that is up. The caller stops it before the lab goes down; what it has seen is gone then. */
export async function auditLab(lab: TestLab, options: AuditOptions = {}): Promise<Auditor> {
  const { config, dir, nodes, subnet } = lab.status();
  const registry = `/run/pictl-lab/${lab.name}`;
  const { vip_ip: address } = JSON.parse(readFileSync(config, "utf8")) as { vip_ip?: string };
  const spare = (last: number): string =>
    address?.includes(":") === true
      ? `${address.slice(0, address.lastIndexOf(":"))}:${last}/64`
      : subnet.replace(/\.0\/(\d+)$/, `.${last}/$1`);
  const folder = mkdtempSync(join(tmpdir(), "pictl-audit-"));
  const auditor = await startAuditor({
    history: join(folder, "history.jsonl"),
    config,
    nodes: nodes.map(({ node }) => ({
      name: node,
      holderFile: join(registry, node),
      disk: join(dir, "nodes", node, "root"),
      cgroup: `pictl-lab/${lab.name}/${node}`,
    })),
    switchFile: join(registry, "switch"),
    canaries: options.canaries ?? [],
    ...(options.vip === true && address !== undefined
      ? { vip: { address, clientAddress: spare(8), observerAddress: spare(9) } }
      : {}),
  });
  return {
    ...auditor,
    stop: async () => {
      await auditor.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
