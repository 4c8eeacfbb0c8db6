import { clashOf, type FixedPublish, published } from "../../placement/ports.ts";
import type { Findings } from "./problem.ts";
import type { RawConfig } from "../raw.ts";
import type { Placement } from "../types.ts";

/** Reports containers of one node that publish one port: whichever is started last could never run. */
export function reportPortClashes(placements: readonly Placement[], raw: RawConfig, findings: Findings): void {
  const before = new Map<string, { readonly container: string; readonly ports: readonly FixedPublish[] }[]>();
  for (const { container, node, args } of placements) {
    const ports = published(args);
    const others = before.get(node) ?? [];
    if (ports.length > 0) before.set(node, [...others, { container, ports }]);
    for (const other of others) {
      const port = clashOf(ports, other.ports);
      if (port === undefined || other.container === container) continue;
      const row = (raw.layout ?? []).findIndex((each) => each.node === node);
      findings.error(
        ["layout", row, container],
        `publishes the port ${String(port)} of ${node}, which ${other.container} publishes too; only one of them can have it`,
        { atKey: true, other: ["layout", row, other.container] },
      );
      if (findings.full) return;
    }
  }
}
