import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { metricsText } from "../../src/watch/metrics.ts";
import { config, node, placement } from "../fakes/config.ts";
import { answered, container, looked, lost, modelOf, startMs, state } from "./model.ts";

const t = startMs;

interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** The text format of Prometheus 0.0.4, strictly: HELP and TYPE once and first, families whole, no sample twice. */
function parse(text: string): readonly Family[] {
  expect(text.endsWith("\n")).toBe(true);
  const families: { name: string; type: string; samples: Family["samples"][number][] }[] = [];
  const seen = new Set<string>();
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length;) {
    const [, name = "", help = ""] = /^# HELP ([a-z_:][a-z0-9_:]*) (\S.*)$/.exec(lines[at] ?? "") ?? [];
    expect(name, lines[at]).not.toBe("");
    expect(help).toMatch(/\.$/);
    const [, of = "", type = ""] = /^# TYPE (\S+) (gauge|counter)$/.exec(lines[at + 1] ?? "") ?? [];
    expect(of, lines[at + 1]).toBe(name);
    expect(families.map((family) => family.name)).not.toContain(name);
    if (type === "counter") expect(name).toMatch(/_total$/);
    const family = { name, type, samples: [] as Family["samples"][number][] };
    families.push(family);
    for (at += 2; at < lines.length && !lines[at]?.startsWith("#"); at++) {
      const line = lines[at] ?? "";
      const [, own = "", inner = "", value = ""] =
        /^([a-z_]+)\{(.*)\} (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line) ?? [];
      expect(own, line).toBe(name);
      expect(seen.has(`${own}{${inner}}`), line).toBe(false);
      seen.add(`${own}{${inner}}`);
      const labels = [...inner.matchAll(/([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g)];
      expect(labels.map(([whole]) => whole).join(""), line).toBe(inner);
      family.samples.push({
        labels: Object.fromEntries(labels.map(([, key = "", text = ""]) => [key, text])),
        value: Number(value),
      });
    }
    expect(family.samples.length, name).toBeGreaterThan(0);
  }
  return families;
}

function valueOf(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const { samples = [] } = families.find((family) => family.name === name) ?? {};
  return samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;
}

const from = config({
  cluster: "test",
  nodes: [node("n1"), node("n2"), { ...node("n3"), cordoned: true }],
  placements: [placement("web", "n1"), placement("db", "n1"), placement("web", "n2")],
  heartbeat: {
    automatic: true,
    intervalMs: 30_000,
    failoverAfter: 3,
    failoverPolicy: "spread",
    checks: [{ node: "n1", container: "web", check: { kind: "tcp", port: 80 } }],
  },
});

const model = modelOf(from, [
  answered("n1", t),
  looked(
    "n1",
    t,
    state([container("web", { restarts: 4 }), container("db", { state: "exited", exitCode: 1, startedAtMs: null })]),
  ),
  lost("n2", t + 1000),
]);

const moved = {
  ...model,
  events: [
    {
      ...{ time: "2026-01-01T00:00:00.000Z", type: "container.moved", who: "me", container: "web", node: "n2" },
      ...{ durationMs: 9000, gapMs: 1500 },
    },
  ],
};
const ofProcess = {
  eventLoopLagSeconds: 0.012,
  handshakes: new Map([["n1", { made: 2, failed: 1 }]]),
  events: new Map([["container.failed-over", 3]]),
};

test("what is known of a cluster is there, and what is not has no sample", () => {
  const families = parse(metricsText(moved, t + 5000, ofProcess));
  expect(valueOf(families, "pictl_node_up", { node: "n1" })).toBe(1);
  expect(valueOf(families, "pictl_node_up", { node: "n2" })).toBe(0);
  // Nobody has heard of it yet.
  expect(valueOf(families, "pictl_node_up", { node: "n3" })).toBeUndefined();
  expect(valueOf(families, "pictl_node_cordoned", { node: "n3" })).toBe(1);
  expect(valueOf(families, "pictl_node_seen_seconds", { node: "n1" })).toBe(5);
  expect(valueOf(families, "pictl_containers_wanted")).toBe(3);
  expect(valueOf(families, "pictl_containers_running")).toBe(1);
  expect(valueOf(families, "pictl_containers_unknown")).toBe(1);
  expect(valueOf(families, "pictl_container_restarts_total", { container: "web", node: "n1" })).toBe(4);
  expect(valueOf(families, "pictl_container_running", { container: "db" })).toBe(0);
  expect(valueOf(families, "pictl_container_as_wanted", { container: "db" })).toBe(0);
  expect(valueOf(families, "pictl_container_running", { node: "n2" })).toBeUndefined();
  expect(valueOf(families, "pictl_event_loop_lag_seconds")).toBe(0.012);
  expect(valueOf(families, "pictl_last_move_gap_seconds", { container: "web" })).toBe(1.5);
  expect(valueOf(families, "pictl_ssh_handshakes_total", { node: "n1" })).toBe(2);
  expect(valueOf(families, "pictl_ssh_handshake_errors_total", { node: "n1" })).toBe(1);
  expect(valueOf(families, "pictl_failovers_total")).toBe(3);
  expect(valueOf(families, "pictl_moves_total")).toBe(0);
  expect(families.flatMap(({ samples }) => samples).every(({ labels }) => labels["cluster"] === "test")).toBe(true);
});

test("names that are no good names cannot make other samples", () => {
  const nasty = 'a"} 1\nevil{x="\\';
  const odd = config({ nodes: [{ ...node("n1"), name: nasty }], placements: [], cluster: nasty });
  const families = parse(metricsText(modelOf(odd, [lost(nasty, t)]), t));
  expect(families.map(({ name }) => name)).not.toContain("evil");
  expect(families.find(({ name }) => name === "pictl_node_up")?.samples).toHaveLength(1);
});

test("the dashboard asks for nothing that is not there", () => {
  const text = readFileSync(new URL("../../templates/grafana.json", import.meta.url), "utf8");
  const source = readFileSync(new URL("../../src/watch/metrics.ts", import.meta.url), "utf8");
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
  const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/pictl_[a-z0-9_]+/g) ?? []));
  expect(asked.length).toBeGreaterThan(10);
  for (const name of asked) expect(source).toContain(`"${name}"`);
});
