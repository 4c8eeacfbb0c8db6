import { describe, expect, test } from "vitest";
import { buildConfig } from "../../../src/domain/config/build.ts";
import type { RawConfig } from "../../../src/domain/config/raw.ts";

function build(raw: RawConfig) {
  return buildConfig(raw, { resolvePath: (path) => `/etc/pictl/${path}`, defaultStateDir: "/state" });
}

function messages(raw: RawConfig): string[] {
  return build(raw).findings.map(({ severity, message }) => `${severity}: ${message}`);
}

test("an empty config has every default", () => {
  expect(build({})).toMatchObject({
    config: {
      cluster: "default",
      docker: undefined,
      nodes: [],
      placements: [],
      heartbeat: { automatic: false, intervalMs: 30_000, failoverAfter: 3, failoverPolicy: "random", checks: [] },
      vips: [],
      autostartContainers: false,
      stateDir: "/state",
      hooks: {},
    },
    findings: [],
  });
});

test("the same container on several nodes is one placement each", () => {
  const { config, findings } = build({
    layout: [
      { node: "a", web: "" },
      { node: "b", web: "-p 80:80" },
    ],
  });
  expect(config.placements.map(({ container, node }) => `${container}@${node}`)).toEqual(["web@a", "web@b"]);
  expect(findings).toEqual([]);
});

test("a hook that is about no container is refused under one, and says where it belongs", () => {
  const hooks = { on_heartbeat_failure: "./tell", on_vip_change: "./tell" };
  expect(messages({ layout: [{ node: "a", web: { image: "x", hooks } }] })).toEqual([
    "error: on_vip_change is about a virtual IP, not about one container, and would never run here; put it under `hooks` at the top level",
  ]);
});

describe("a container's folder and image", () => {
  test.each([
    [{ docker: "d", layout: [{ node: "a", web: "" }] }, "/etc/pictl/d/web", undefined],
    [{ docker: "d", layout: [{ node: "a", web: { build: "x" } }] }, "/etc/pictl/x", undefined],
    [{ docker: "d", layout: [{ node: "a", web: { image: "nginx" } }] }, undefined, "nginx"],
    [{ layout: [{ node: "a", web: "" }] }, undefined, undefined],
  ])("%j", (raw, folder, image) => {
    expect(build(raw as RawConfig).config.placements[0]).toMatchObject({ build: folder, image });
  });

  test("not both", () => {
    expect(messages({ layout: [{ node: "a", web: { image: "x", build: "y" } }] })[0]).toMatch(
      /^error: there is an image/,
    );
  });

  test.each(["nginx:", "NGINX", "a//b", "a:b:c", "nginx:-x", "a..b", "a___b", "team/App", "a/b@sha256:abc"])(
    "%s is no image",
    (image) => {
      expect(messages({ layout: [{ node: "a", web: { image } }] })[0]).toMatch(
        /^warning: ".*" cannot be the name of an image/,
      );
    },
  );

  test.each(["nginx", "localhost/a:1", "10.0.0.5:5000/team/app:2", "0".repeat(64), `sha256:${"0".repeat(64)}`])(
    "%s may be one",
    (image) => {
      expect(messages({ layout: [{ node: "a", web: { image } }] })).toEqual([]);
    },
  );

  test("a name of one character is warned of: Podman takes it", () => {
    expect(messages({ layout: [{ node: "a", b: { image: "x" } }] })).toEqual([
      'warning: Docker refuses names of one character such as "b"',
    ]);
  });

  test("a name that Docker allows for no image needs one", () => {
    expect(messages({ layout: [{ node: "a", MySQL: "" }] })[0]).toMatch(
      /^warning: Docker allows no image called "MySQL"/,
    );
    expect(messages({ layout: [{ node: "a", MySQL: { image: "mysql" } }] })).toEqual([]);
  });
});

test("checks are normalised", () => {
  const raw: RawConfig = {
    layout: [{ node: "a", web: "", db: "" }],
    hb: [{ node: "a", web: 80, db: { check: "http", port: 81, timeout: 900, via: "node" } }],
  };
  expect(build(raw).config.heartbeat.checks.map(({ check }) => check)).toEqual([
    { kind: "tcp", port: 80 },
    { kind: "http", port: 81, timeoutMs: 900, via: "node" },
  ]);
});

test("an interval that would only keep nodes busy is made longer", () => {
  const { config, findings } = build({ heartbeat_interval: 300 });
  expect(config.heartbeat.intervalMs).toBe(1000);
  expect(findings[0]?.severity).toBe("warning");
});

test("a node of `nodes` alone is no node", () => {
  const { config, findings } = build({ layout: [{ node: "pi1" }], nodes: { pl1: { user: "pi" } } });
  expect(config.nodes.map(({ name }) => name)).toEqual(["pi1"]);
  expect(findings[0]?.message).toBe('no row of the layout names the node pl1; did you mean "pi1"?');
});

test("a node's own ssh settings stand before those of all", () => {
  const { config } = build({ layout: [{ node: "a" }], ssh: { user: "x", port: 1 }, nodes: { a: { port: 2 } } });
  expect(config.nodes[0]?.ssh).toEqual({ user: "x", port: 2 });
});

test("what the original's later versions had is taken and told", () => {
  const raw = { theme: "jerry", ssl: true, loadbalancer: [] } as RawConfig;
  expect(messages(raw).every((message) => message.startsWith("warning: has no effect"))).toBe(true);
  expect(messages(raw)).toHaveLength(3);
});

test("what may take long until its check succeeds may take as long after a start, unless the check says otherwise", () => {
  const web = { args: "", patience: 120 };
  const graceOf = (entry: NonNullable<RawConfig["hb"]>[number][string], placed: object = web): unknown =>
    build({ layout: [{ node: "a", web: placed }], hb: [{ node: "a", web: entry }] }).config.heartbeat.checks[0]?.check[
      "grace"
    ];
  expect(graceOf("80")).toBe(120_000);
  expect(graceOf({ check: "exec", command: "true" })).toBe(120_000);
  expect(graceOf({ check: "exec", command: "true", grace: 5000 })).toBe(5000);
  expect(graceOf("80", { args: "", patience: 5 })).toBeUndefined();
  expect(graceOf({ check: "docker" })).toBeUndefined();
});

test("witnesses are nodes of the config, each once, and three, five or seven", () => {
  const layout = ["n1", "n2", "n3", "n4"].map((node) => ({ node }));
  expect(build({ layout, witnesses: ["n4", "n1", "n2"] }).config.witnesses).toEqual(["n4", "n1", "n2"]);
  expect(build({ layout, witnesses: [] }).config.witnesses).toBeUndefined();
  expect(messages({ layout, witnesses: ["n1", "n5", "n1"] })).toEqual([
    'error: no row of the layout names the node n5; did you mean "n1"?',
    "error: n1 is there twice",
  ]);
  expect(messages({ layout, witnesses: ["n1", "n2"] })).toEqual([
    "error: there are 2, and there must be 3, 5 or 7: more than half of them elect the daemon that leads",
  ]);
});
