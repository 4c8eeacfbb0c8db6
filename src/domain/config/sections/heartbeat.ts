import { defaultGraceMs } from "../../heartbeat/checks/starting.ts";
import { neverAnswers } from "../../heartbeat/checks/never-answers.ts";
import { isNodeName } from "../findings/names.ts";
import type { ConfigPath } from "../document/path.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawCheck, RawConfig } from "../raw.ts";
import { switchedOff } from "../../heartbeat/checks/subjects.ts";
import {
  checkKinds,
  type Config,
  type Constraint,
  type HeartbeatCheck,
  type HeartbeatSection,
  type Placement,
} from "../types.ts";

/** Shorter would keep a node busy with nothing but checks. */
const shortestIntervalMs = 1000;

/** The heartbeat section. Reports entries for containers that their node does not have. */
export function buildHeartbeat(raw: RawConfig, placements: readonly Placement[], findings: Findings): HeartbeatSection {
  const intervalMs = raw.heartbeat_interval ?? 30_000;
  if (intervalMs < shortestIntervalMs) {
    findings.warning(["heartbeat_interval"], `${intervalMs} ms is too often; every ${shortestIntervalMs} ms is used`);
  }
  const rows = checks(raw, placements, findings);
  return {
    // Who says what is to be checked wants it checked; PiCluster's own key says otherwise.
    automatic: raw.automatic_heartbeat ?? rows.length > 0,
    intervalMs: Math.max(shortestIntervalMs, intervalMs),
    failoverAfter: raw.failover_after ?? 3,
    failoverPolicy: raw.failover_policy ?? "random",
    checks: rows,
  };
}

function checks(raw: RawConfig, placements: readonly Placement[], findings: Findings): HeartbeatCheck[] {
  const placementOf = new Map(placements.map((each) => [keyOf(each), each]));
  const containersOf = new Map<string, Set<string>>((raw.layout ?? []).map((row) => [row.node, new Set()]));
  for (const { node, container } of placements) containersOf.get(node)?.add(container);
  const pathOf = new Map<string, ConfigPath>();
  return (raw.hb ?? []).flatMap((row, index) => {
    const { node } = row;
    const containers = containersOf.get(node);
    const entries = Object.entries(row).filter(([key]) => key !== "node");
    if (containers === undefined) {
      const severity = entries.length > 0 ? "error" : "warning";
      findings[severity](
        ["hb", index, "node"],
        `the layout has no node ${node}${findings.didYouMean(node, containersOf.keys())}`,
      );
      return [];
    }
    return entries.map(([container, entry]) => {
      const path = ["hb", index, container];
      if (!containers.has(container)) {
        const hint = elsewhere(container, placements) || findings.didYouMean(container, containers);
        findings.error(path, `the layout has no container ${container} on node ${node}${hint}`, { atKey: true });
      }
      const key = keyOf({ node, container });
      const other = pathOf.get(key);
      if (other !== undefined) {
        findings.error(path, `${container} on ${node} has a check already; keep one`, { atKey: true, other });
      }
      pathOf.set(key, path);
      const check = checkOf(entry);
      const placement = placementOf.get(key);
      const never = placement && neverAnswers(check, placement);
      if (never !== undefined) findings.warning(path, never, { atKey: true });
      return { node, container, check: withPatience(check, placement) };
    });
  });
}

function keyOf({ node, container }: Pick<Placement, "node" | "container">): string {
  return JSON.stringify([node, container]);
}

function checkOf(entry: string | number | RawCheck): HeartbeatCheck["check"] {
  if (typeof entry !== "object") return { kind: "tcp", port: Number(entry) };
  const { check: kind, timeout, ...rest } = entry;
  return { kind, ...(timeout === undefined ? {} : { timeoutMs: timeout }), ...rest };
}

/** What may take long until its check succeeds where it is put in place may do so after any start. */
function withPatience(check: HeartbeatCheck["check"], placement: Placement | undefined): HeartbeatCheck["check"] {
  const { patienceMs = 0 } = placement ?? {};
  const waits = check["grace"] === undefined && ["port", "inside"].includes(checkKinds[check.kind]);
  return waits && patienceMs > defaultGraceMs ? { ...check, grace: patienceMs } : check;
}

function elsewhere(container: string, placements: readonly Placement[]): string {
  const nodes = placements.filter((placement) => placement.container === container).map(({ node }) => node);
  return nodes.length === 0 ? "" : `; it is on ${nodes.slice(0, 3).join(", ")}`;
}

/** `container_host_constraints`: where a container may be moved to. A row without a container says nothing. */
export function buildConstraints(raw: RawConfig, placements: readonly Placement[], findings: Findings): Constraint[] {
  const known = new Set(placements.map(({ container }) => container));
  const pathOf = new Map<string, ConfigPath>();
  return (raw.container_host_constraints ?? []).flatMap((row, index) => {
    if (row.container === undefined) return [];
    const path = ["container_host_constraints", index, "container"];
    const [container = "", ...hosts] = row.container.split(",").map((part) => part.trim());
    checkHosts(container, hosts, path, findings);
    if (!known.has(container)) {
      findings.warning(
        path,
        `the layout has no container ${JSON.stringify(container)}${findings.didYouMean(container, known)}`,
      );
    }
    const other = pathOf.get(container);
    if (other !== undefined) findings.error(path, `${container} has a row already; put its hosts there`, { other });
    pathOf.set(container, path);
    return [{ container, hosts: [...new Set(hosts)] }];
  });
}

function checkHosts(container: string, hosts: readonly string[], path: ConfigPath, findings: Findings): void {
  const wrong = hosts.find((host) => !isNodeName(host));
  const twice = hosts.find((host, index) => hosts.indexOf(host) < index);
  if (hosts.length === 0) findings.error(path, `names no host for ${container}, expected "${container},HOST,HOST"`);
  else if (wrong !== undefined) {
    findings.error(path, `${JSON.stringify(wrong)} is not a node name, expected "CONTAINER,HOST,HOST"`);
  } else if (twice !== undefined) findings.error(path, `names the host ${twice} twice`);
}

/** Warns of checks that nobody makes. */
export function reportSwitchedOff(
  raw: RawConfig,
  config: Pick<Config, "heartbeat" | "constraints" | "placements">,
  findings: Findings,
): void {
  const off = switchedOff(config);
  if (off === undefined) return;
  const path = raw.automatic_heartbeat === undefined ? "container_host_constraints" : "automatic_heartbeat";
  findings.warning([path], `${off} Say "automatic_heartbeat": "enabled" to have them made`, { atKey: true });
}
