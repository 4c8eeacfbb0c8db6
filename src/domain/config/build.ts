import { buildHeartbeat, buildConstraints, reportSwitchedOff } from "./sections/heartbeat.ts";
import { markMovable } from "./movable.ts";
import { buildElastic } from "./sections/elastic.ts";
import { buildHooks } from "./sections/hooks.ts";
import { buildHttp } from "./sections/http.ts";
import { buildNodes } from "./sections/nodes.ts";
import { buildNotify } from "./sections/notify.ts";
import { checkOrder } from "./findings/order.ts";
import type { ConfigPath } from "./document/path.ts";
import { buildPlacements } from "./sections/placements.ts";
import { reportPortClashes } from "./findings/port-clashes.ts";
import { Findings, type Finding } from "./findings/problem.ts";
import type { RawConfig } from "./raw.ts";
import type { Config, SavedCommand } from "./types.ts";
import { buildWitnesses } from "../leadership/witnesses.ts";
import { buildVips } from "./sections/vip.ts";

/** What the pure code cannot know: where the file stands and who reads it. */
export interface BuildOptions {
  /** Makes a path absolute: `~` is the home folder, what is relative stands beside the config file. */
  readonly resolvePath: (path: string) => string;
  readonly defaultStateDir: string;
}

/**
 * Fills in the defaults and checks what one place of a config says against the others. With an error among the
 * findings the config is not to be acted on.
 */
export function buildConfig(raw: RawConfig, options: BuildOptions): { config: Config; findings: readonly Finding[] } {
  const findings = new Findings();
  const { resolvePath } = options;
  const inLayout = buildPlacements(raw, resolvePath, findings);
  checkOrder(raw, inLayout, findings);
  const constraints = buildConstraints(raw, inLayout, findings);
  const heartbeat = buildHeartbeat(raw, inLayout, findings);
  const placements = markMovable(raw, inLayout, heartbeat.automatic ? constraints : [], findings);
  const nodes = buildNodes(raw, constraints, resolvePath, findings);
  reportPortClashes(placements, raw, findings);
  reportSwitchedOff(raw, { heartbeat, constraints, placements }, findings);
  const config: Config = {
    cluster: raw.cluster ?? "default",
    docker: raw.docker === undefined ? undefined : resolvePath(raw.docker),
    nodes,
    placements,
    heartbeat,
    vips: buildVips(raw, nodes, findings),
    ...(raw.stale_config === "refuse" ? { staleConfig: raw.stale_config } : {}),
    witnesses: buildWitnesses(raw, nodes, findings),
    constraints,
    commandlist: savedCommands(raw, findings),
    dockerRegistries: raw.dockerRegistries ?? [],
    autostartContainers: raw.autostart_containers ?? false,
    syslog: raw.syslog || undefined,
    rsyslog: rsyslog(raw, findings),
    kibana: raw.kibana ?? (raw.monitoring || undefined),
    elasticsearch: buildElastic(raw, resolvePath, findings),
    hooks: buildHooks(raw.hooks),
    notify: buildNotify(raw, resolvePath, findings),
    stateDir: raw.state_dir === undefined ? options.defaultStateDir : resolvePath(raw.state_dir),
    http: buildHttp(raw, resolvePath, findings),
  };
  reportIgnored(raw, findings);
  return { config, findings: findings.all };
}

function savedCommands(raw: RawConfig, findings: Findings): SavedCommand[] {
  const pathOf = new Map<string, ConfigPath>();
  return (raw.commandlist ?? []).flatMap((row, index) =>
    Object.entries(row).map(([label, command]) => {
      const path = ["commandlist", index, label];
      const other = pathOf.get(label);
      if (other !== undefined) {
        findings.error(path, `the label ${JSON.stringify(label)} is taken; labels must differ`, { atKey: true, other });
      }
      pathOf.set(label, path);
      // A block of YAML ends with the end of its last line.
      return { label, command: command.trimEnd() };
    }),
  );
}

function rsyslog(raw: RawConfig, findings: Findings): Config["rsyslog"] {
  if (raw.rsyslog_host !== undefined && raw.rsyslog_logfile !== undefined) {
    return { host: raw.rsyslog_host, logfile: raw.rsyslog_logfile };
  }
  if (raw.rsyslog_host !== undefined) findings.warning(["rsyslog_host"], "has no effect without rsyslog_logfile");
  if (raw.rsyslog_logfile !== undefined) findings.warning(["rsyslog_logfile"], "has no effect without rsyslog_host");
  return undefined;
}

function reportIgnored(raw: RawConfig, findings: Findings): void {
  for (const key of Object.keys(raw)) {
    const reason = ignoredKeys[key];
    if (reason !== undefined) findings.warning([key], `has no effect: ${reason}`, { atKey: true });
  }
}

const noServer = "pictl reaches nodes over SSH and has no agents";
const notTaken = "pictl has no such feature";

/** Keys of the original, or of its later versions, and why they do nothing here. */
const ignoredKeys: Readonly<Record<string, string>> = {
  agent_port: noServer,
  ssl_self_signed: "certificates are always checked",
  theme: notTaken,
  doc: notTaken,
  doc_dir: notTaken,
  swarm_token: notTaken,
  loadbalancer: notTaken,
  functions: notTaken,
  function_server: notTaken,
  updater: notTaken,
  reserved: notTaken,
};
