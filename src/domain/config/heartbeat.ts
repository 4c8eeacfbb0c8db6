import { isNodeName } from "./names.ts";
import type { Findings } from "./problem.ts";
import type { RawCheck, RawConfig } from "./raw.ts";
import { didYouMean } from "./suggest.ts";
import type { Constraint, HeartbeatCheck, HeartbeatSection, Placement } from "./types.ts";

/** Shorter would keep a node busy with nothing but checks. */
const shortestIntervalMs = 1000;

/** The heartbeat section. Reports entries for containers that their node does not have. */
export function buildHeartbeat(
  raw: RawConfig,
  placements: readonly Placement[],
  findings: Findings,
): HeartbeatSection {
  const intervalMs = raw.heartbeat_interval ?? 30_000;
  if (intervalMs < shortestIntervalMs) {
    findings.warning(["heartbeat_interval"], `${intervalMs} ms is too often; every ${shortestIntervalMs} ms is used`);
  }
  return {
    automatic: raw.automatic_heartbeat ?? false,
    intervalMs: Math.max(shortestIntervalMs, intervalMs),
    failoverAfter: raw.failover_after ?? 3,
    failoverPolicy: raw.failover_policy ?? "random",
    checks: checks(raw, placements, findings),
  };
}

function checks(raw: RawConfig, placements: readonly Placement[], findings: Findings): HeartbeatCheck[] {
  const containersByNode = new Map<string, Set<string>>((raw.layout ?? []).map((row) => [row.node, new Set()]));
  for (const { node, container } of placements) containersByNode.get(node)?.add(container);
  const seen = new Set<string>();
  return (raw.hb ?? []).flatMap((row, index) => {
    const { node } = row;
    const containers = containersByNode.get(node);
    const entries = Object.entries(row).filter(([key]) => key !== "node");
    if (containers === undefined) {
      const message = `the layout has no node ${node}${didYouMean(node, containersByNode.keys())}`;
      if (entries.length > 0) findings.error(["hb", index, "node"], message);
      else findings.warning(["hb", index, "node"], message);
      return [];
    }
    return entries.map(([container, entry]) => {
      const path = ["hb", index, container];
      if (!containers.has(container)) {
        findings.error(path, `node ${node} has no container ${container} in the layout${elsewhere(container, placements) || didYouMean(container, containers)}`, { atKey: true });
      }
      const key = JSON.stringify([node, container]);
      if (seen.has(key)) findings.error(path, `there is another check of ${container} on ${node}; keep one`, { atKey: true });
      seen.add(key);
      return { node, container, check: checkOf(entry) };
    });
  });
}

function checkOf(entry: string | number | RawCheck): HeartbeatCheck["check"] {
  if (typeof entry !== "object") return { kind: "tcp", port: Number(entry) };
  const { check: kind, timeout, ...rest } = entry;
  return { kind, ...(timeout === undefined ? {} : { timeoutMs: timeout }), ...rest };
}

function elsewhere(container: string, placements: readonly Placement[]): string {
  const nodes = placements.filter((placement) => placement.container === container).map(({ node }) => node);
  return nodes.length === 0 ? "" : `; it is on ${nodes.slice(0, 3).join(", ")}`;
}

/** `container_host_constraints`: where a container may be moved to. A row without a container says nothing. */
export function buildConstraints(raw: RawConfig, placements: readonly Placement[], findings: Findings): Constraint[] {
  const known = new Set(placements.map(({ container }) => container));
  const constraints: Constraint[] = [];
  raw.container_host_constraints?.forEach((row, index) => {
    if (row.container === undefined) return;
    const path = ["container_host_constraints", index, "container"];
    const [container = "", ...hosts] = row.container.split(",").map((part) => part.trim());
    const constraint = { container, hosts: hosts.filter((host, at) => host !== "" && hosts.indexOf(host) === at) };
    const wrong = hosts.find((host) => !isNodeName(host));
    if (hosts.length === 0) findings.error(path, `names no host for ${container}; expected "${container},HOST,HOST"`);
    else if (wrong !== undefined) findings.error(path, `${JSON.stringify(wrong)} is not a node name; expected "CONTAINER,HOST,HOST"`);
    else if (constraint.hosts.length < hosts.length) findings.error(path, "names a host twice");
    if (!known.has(container)) {
      findings.warning(path, `the layout has no container ${JSON.stringify(container)}${didYouMean(container, known)}`);
    }
    if (constraints.some((other) => other.container === container)) {
      findings.error(path, `there is another row for ${container}; put its hosts into one row`);
    }
    constraints.push(constraint);
  });
  return constraints;
}
