import type { ConfigPath } from "../document/path.ts";
import type { Findings } from "./problem.ts";
import type { RawConfig } from "../raw.ts";
import type { NodeSpec } from "../types.ts";

/**
 * Warns of nodes that are reached under one address, port and jump host. It works, and the original's own sample has
 * such a pair; but moving a container from one to the other gains nothing. Only the config is looked at: what
 * ~/.ssh/config makes of the names is not known here.
 */
export function reportSameAddress(raw: RawConfig, nodes: readonly NodeSpec[], findings: Findings): void {
  const seen = new Map<string, string>();
  for (const { name, address, ssh } of nodes) {
    const key = JSON.stringify([machineOf(address), ssh.port, ssh.proxyJump]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, name);
    else {
      findings.warning(
        placeOfAddress(raw, name),
        `the node ${first} has this address too: both are one machine, and moving from one to the other gains nothing`,
      );
    }
  }
}

function machineOf(address: string): string {
  const lower = address.toLowerCase();
  return ["localhost", "::1"].includes(lower) ? "127.0.0.1" : lower;
}

/** Where the config says what the address is: the node's entry, or the first place that names it. */
export function placeOfAddress(raw: RawConfig, name: string): ConfigPath {
  if (raw.nodes?.[name]?.address !== undefined) return ["nodes", name, "address"];
  for (const section of ["layout", "vip"] as const) {
    const index = (raw[section] ?? []).findIndex((row) => row.node === name);
    if (index !== -1) return [section, index, "node"];
  }
  for (const [index, { vip }] of (raw.vips ?? []).entries()) {
    const row = (vip ?? []).findIndex(({ node }) => node === name);
    if (row !== -1) return ["vips", index, "vip", row, "node"];
  }
  const hosts = (row: { readonly container?: string | undefined }): string[] => (row.container ?? "").split(",");
  const index = (raw.container_host_constraints ?? []).findIndex((row) =>
    hosts(row).some((host) => host.trim() === name),
  );
  return ["container_host_constraints", index, "container"];
}
