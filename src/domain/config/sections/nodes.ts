import { isNodeName } from "../findings/names.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawConfig, RawSsh } from "../raw.ts";
import { reportSameAddress } from "../findings/same-address.ts";
import type { Constraint, NodeSpec, SshSettings } from "../types.ts";

/**
 * Every node that the layout, the virtual IP or a constraint names, in this order, with what `nodes` and `ssh` say
 * of it. An entry of `nodes` by itself makes no node: a misspelt name would become one.
 */
export function buildNodes(
  raw: RawConfig,
  constraints: readonly Constraint[],
  resolvePath: (path: string) => string,
  findings: Findings,
): NodeSpec[] {
  const names = new Set([
    ...(raw.layout ?? []).map(({ node }) => node),
    ...[raw, ...(raw.vips ?? [])].flatMap(({ vip }) => vip ?? []).map(({ node }) => node),
    ...constraints.flatMap(({ hosts }) => hosts),
  ]);
  reportUnused(raw, names, findings);
  const own = new Map(Object.entries(raw.nodes ?? {}));
  const common = sshSettings(raw.ssh, resolvePath);
  const nodes = [...names].map((name) => {
    const node = own.get(name);
    return {
      name,
      address: node?.address ?? name,
      ssh: { ...common, ...sshSettings(node, resolvePath) },
      labels: node?.labels ?? {},
      cordoned: node?.cordoned ?? false,
      ...(node?.builder === true ? { builder: true as const } : {}),
    };
  });
  reportSameAddress(raw, nodes, findings);
  return nodes;
}

function reportUnused(raw: RawConfig, names: ReadonlySet<string>, findings: Findings): void {
  for (const name of Object.keys(raw.nodes ?? {})) {
    if (!isNodeName(name)) {
      findings.error(["nodes", name], `${JSON.stringify(name)} is not a node name`, { atKey: true });
    } else if (!names.has(name)) {
      findings.warning(
        ["nodes", name],
        `no row of the layout names the node ${name}${findings.didYouMean(name, names)}`,
        { atKey: true },
      );
    }
  }
}

function sshSettings(raw: RawSsh | null | undefined, resolvePath: (path: string) => string): SshSettings {
  if (raw === null || raw === undefined) return {};
  return {
    ...(raw.user === undefined ? {} : { user: raw.user }),
    ...(raw.port === undefined ? {} : { port: raw.port }),
    ...(raw.identity_file === undefined ? {} : { identityFile: resolvePath(raw.identity_file) }),
    ...(raw.proxy_jump === undefined ? {} : { proxyJump: raw.proxy_jump }),
    ...(raw.connect_timeout === undefined ? {} : { connectTimeoutMs: raw.connect_timeout * 1000 }),
    ...(raw.sudo === undefined ? {} : { sudo: raw.sudo }),
    ...(raw.known_hosts_file === undefined ? {} : { knownHostsFile: resolvePath(raw.known_hosts_file) }),
  };
}
