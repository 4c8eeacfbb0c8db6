import { describe, expect, test } from "vitest";
import { buildConfig } from "../../../src/domain/config/build.ts";
import type { RawConfig, RawContainer } from "../../../src/domain/config/raw.ts";
import { runInput, wantedText } from "../../../src/domain/container/drift/wanted.ts";
import * as docker from "../../../src/domain/docker/client/commands.ts";
import { render } from "../../../src/domain/shell.ts";
import { placement } from "../../fakes/config.ts";

function build(raw: RawConfig) {
  return buildConfig(raw, { resolvePath: (path) => path, defaultStateDir: "/state" });
}

function told(raw: RawConfig): string[] {
  return build(raw).findings.map(({ severity, path, message }) => `${severity} at ${path.join(".")}: ${message}`);
}

const one = (entry: RawContainer): RawConfig => ({ layout: [{ node: "n1", web: entry }] });

test.each([
  ["UPPER/case:tag:tag", "a tag is of letters"],
  ["Nginx", "capital letters are allowed in its tag only"],
  ["nginx:", "a tag is of letters"],
  ["https://registry.lab/app", "use small letters"],
])("an image that docker can have under no such name is told before it is tried: %s", (image, why) => {
  expect(told(one({ image })).join()).toContain(
    `warning at layout.0.web.image: "${image}" cannot be the name of an image: `,
  );
  expect(told(one({ image })).join()).toContain(why);
});

test.each([
  "redis:7",
  "r:5000/team/app@sha256:" + "a".repeat(64),
  "a".repeat(64),
  "sha256:" + "a".repeat(64),
  "3f1c7e2a90bd",
])("an image by its name or id: %s", (image) => {
  expect(told(one({ image }))).toEqual([]);
});

describe("a command after the image", () => {
  const run = (entry: RawContainer): string => {
    const [wanted] = build(one(entry)).config.placements;
    if (!wanted) throw new Error("no placement");
    return render(docker.run(runInput(wanted, { cluster: "c", generation: 1, digest: "d" })));
  };

  test.each<[RawContainer["command"], string]>([
    [["redis-server", "--appendonly", "yes"], "redis redis-server --appendonly yes"],
    ["redis-server --save '60 1'", "redis redis-server --save '60 1'"],
    [["sh", "-c", "echo $HOME"], "redis sh -c 'echo $HOME'"],
    [undefined, "redis"],
  ])("%j", (command, expected) => {
    expect(run({ image: "redis", command }).endsWith(` ${expected}`)).toBe(true);
  });

  test.each<[RawContainer["command"], string]>([
    [[], "it has no words"],
    ["'", "cannot be split"],
    [["a\0b"], "a NUL character"],
  ])("%j is refused", (command, expected) => {
    expect(told(one({ image: "redis", command })).join()).toContain(expected);
  });

  test("it is part of what is wanted; who gives none wants what was wanted before", () => {
    const plain = wantedText(placement("web", "n1"), []);
    expect(wantedText(placement("web", "n1", { command: ["a"] }), [])).not.toBe(plain);
    expect(plain).toBe('["web",[],[],null,[]]');
  });
});

describe("one that is meant to end", () => {
  test("is marked", () => {
    expect(build(one({ restart: "never" })).config.placements).toMatchObject([{ oneOff: true }]);
    expect(build(one({})).config.placements[0]).not.toHaveProperty("oneOff");
  });
  test("contradicts a restart policy", () => {
    expect(told(one({ restart: "never", args: "--restart always" }))).toEqual([
      'error at layout.0.web.args: --restart always contradicts "restart": "never"; remove one of the two',
    ]);
    expect(told(one({ restart: "never", args: "--restart no" }))).toEqual([]);
  });
});

describe("networks", () => {
  test.each([["--network back"], ["--net=back"], ["--network name=back,alias=db"]])("%s uses one", (args) => {
    const { placements } = build({ ...one({ args }), networks: { back: "--subnet 10.9.0.0/24", other: "" } }).config;
    expect(placements[0]?.networks).toEqual([{ name: "back", args: ["--subnet", "10.9.0.0/24"] }]);
  });
  test("one that the config does not describe is none of ours", () => {
    expect(build({ ...one({ args: "--network host" }), networks: {} }).config.placements[0]).not.toHaveProperty(
      "networks",
    );
  });
  test.each([
    ["host", "", "Docker has a network of that name itself"],
    ["a b", "", "cannot be a network's name"],
    ["back", "'", "cannot be split into words"],
  ])("%s: %j is refused", (name, args, expected) => {
    expect(told({ networks: { [name]: args } }).join()).toContain(expected);
  });
});

describe("two containers of one node that publish one port", () => {
  const both = (first: string, second: string): string[] => told({ layout: [{ node: "n1", a1: first, b1: second }] });
  test.each([
    ["-p 80:80", "-p 80:8080", 80],
    ["-p 8000-8010:8000-8010", "-p 8005:80", 8005],
    ["-p 127.0.0.1:80:80", "-p 80:80", 80],
    ["-p 0.0.0.0:53:53/udp", "-p 10.0.0.1:53:53/udp", 53],
  ])("%s and %s", (first, second, port) => {
    expect(both(first, second)).toEqual([
      `error at layout.0.b1: publishes the port ${String(port)} of n1, which a1 publishes too; only one of them can have it`,
    ]);
  });
  test.each([
    ["-p 80:80", "-p 81:80"],
    ["-p 53:53/udp", "-p 53:53"],
    ["-p 127.0.0.1:80:80", "-p 10.0.0.1:80:80"],
    ["-p 80", "-p 80"],
    ["-p 8000-8010:80", "-p 8000-8010:80"],
    ["-p [::1]:80:80", "-p 0.0.0.0:80:80"],
  ])("%s and %s are fine", (first, second) => {
    expect(both(first, second)).toEqual([]);
  });
  test("on two nodes are fine", () => {
    const layout = ["n1", "n2"].map((node) => ({ node, web: "-p 80:80" }));
    expect(told({ layout })).toEqual([]);
  });
});

describe("whether checks are made", () => {
  const layout = [{ node: "n1", web: "-p 80:80" }, { node: "n2" }];
  const hb = [{ node: "n1", web: "80" }];
  const automatic = (raw: RawConfig): boolean => build({ layout, ...raw }).config.heartbeat.automatic;
  test("who describes checks and says nothing else, wants them made", () => {
    expect(automatic({ hb })).toBe(true);
    expect(automatic({})).toBe(false);
    expect(automatic({ hb, automatic_heartbeat: false })).toBe(false);
  });
  test("checks that nobody makes are warned of", () => {
    const container_host_constraints = [{ container: "web,n1,n2" }];
    const off = (path: string): unknown =>
      expect.stringContaining(`warning at ${path}: The heartbeat is off (automatic_heartbeat), so that 1 check `);
    expect(told({ layout, hb, automatic_heartbeat: false })).toEqual([off("automatic_heartbeat")]);
    expect(told({ layout, container_host_constraints })).toEqual([off("container_host_constraints")]);
    expect(told({ layout, hb, container_host_constraints })).toEqual([]);
    expect(told({ layout, automatic_heartbeat: false })).toEqual([]);
  });
});
