import type { Config, NodeSpec, Placement } from "../../src/domain/config/types.ts";

/** A config for unit tests of decisions: nothing wanted, nothing set. */
export function config(parts: Partial<Config> = {}): Config {
  return {
    cluster: "test",
    docker: undefined,
    nodes: [],
    placements: [],
    heartbeat: { automatic: false, intervalMs: 30_000, failoverAfter: 3, failoverPolicy: "random", checks: [] },
    vips: [],
    constraints: [],
    commandlist: [],
    dockerRegistries: [],
    autostartContainers: false,
    syslog: undefined,
    rsyslog: undefined,
    kibana: undefined,
    elasticsearch: undefined,
    hooks: {},
    stateDir: "/nonexistent",
    ...parts,
  };
}

export function node(name: string, labels: Record<string, string> = {}): NodeSpec {
  return { name, address: name, ssh: {}, labels, cordoned: false };
}

export function placement(container: string, on: string, parts: Partial<Placement> = {}): Placement {
  return {
    container,
    node: on,
    args: [],
    image: undefined,
    build: undefined,
    env: {},
    envFile: undefined,
    secrets: {},
    hooks: {},
    ...parts,
  };
}
