import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { ConfigInvalidError, formatProblem } from "../../../src/domain/config/findings/problem.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { temporaryFile, temporaryFolder } from "./folder.ts";

const fixtures = new URL("../../fixtures/config/", import.meta.url);
const options = { env: { XDG_STATE_HOME: "/state" }, home: "/home/u" };

async function read(content: string, name?: string) {
  return await openConfigStore(temporaryFile(content, name), options).read();
}

/** The problems of a text, each on a line. */
async function problems(content: string | Uint8Array): Promise<string[]> {
  const { problems } = await openConfigStore(temporaryFile(content), options).inspect();
  return problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`);
}

describe("the README's samples, as they are", () => {
  const agent = "agent_port: has no effect: pictl reaches nodes over SSH and has no agents";
  const oneMachine =
    "layout[1].node: the node localhost has this address too: both are one machine, and moving from one to the other " +
    "gains nothing";
  test.each([
    ["readme-sample-1.json", [agent]],
    ["readme-sample-2.json", [agent, oneMachine]],
  ])("%s has no error", async (name, expected) => {
    const { warnings } = await read(readFileSync(new URL(name, fixtures), "utf8"));
    expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual(expected);
  });

  test("the first", async () => {
    const { config } = await read(readFileSync(new URL("readme-sample-1.json", fixtures), "utf8"));
    expect(config.nodes.map(({ name }) => name)).toEqual([
      "192.168.0.100",
      "192.168.0.102",
      "192.168.0.101",
      "192.168.0.103",
      "192.168.0.104",
    ]);
    expect(config.placements.map(({ container, node, args, build }) => [container, node, args, build])).toEqual([
      ["mysql", "192.168.0.100", ["-p", "3306:3306"], "/root/docker/mysql"],
      ["nginx", "192.168.0.100", ["-p", "80:80"], "/root/docker/nginx"],
      ["openvpn", "192.168.0.102", ["-p", "1194:1194"], "/root/docker/openvpn"],
    ]);
    expect(config.heartbeat).toMatchObject({ automatic: true, intervalMs: 300_000, failoverAfter: 3 });
    expect(config.heartbeat.checks).toContainEqual({
      node: "192.168.0.100",
      container: "mysql",
      check: { kind: "tcp", port: 3306 },
    });
    expect(config.vips).toMatchObject([{ name: "192.168.0.15", ip: "192.168.0.15", mode: "static" }]);
    expect(config.constraints[1]).toEqual({ container: "nginx", hosts: ["192.168.0.103", "192.168.0.104"] });
    expect(config.commandlist).toEqual([{ label: "SystemUpdate", command: "apt-get update;apt-get dist-upgrade -y" }]);
    expect(config.http).toMatchObject({ serverPort: 3000, webPort: 3003, webUsername: "admin" });
  });

  test("the second has one machine as two nodes, and rows of hb without a container", async () => {
    const { config } = await read(readFileSync(new URL("readme-sample-2.json", fixtures), "utf8"));
    expect(config.nodes.map(({ name }) => name)).toEqual(["localhost", "127.0.0.1"]);
    expect(config.heartbeat.checks).toHaveLength(1);
  });

  test("the sample of this repository is the first one with a schema", () => {
    const ours = JSON.parse(readFileSync(new URL("../../../config.json", import.meta.url), "utf8")) as object;
    const theirs = JSON.parse(readFileSync(new URL("readme-sample-1.json", fixtures), "utf8")) as object;
    expect(ours).toEqual({ $schema: "./config.schema.json", ...theirs });
  });
});

test("YAML says the same as JSON", async () => {
  const yaml = `
token: env:TOKEN
layout:
  - node: pi1
    node-red: -p 1880:1880
    web:
      args: "-e 'A B'"
      image: nginx:1.27
      env: {DEBUG: true, LEVEL: 3}
      secrets: {PASSWORD: file:secret.txt}
  - node: pi2
    node-red:
hb:
vip_preempt: enabled
nodes: {pi1: {address: 10.0.0.1, port: "2222", labels: {rack: 1}}}
ssh: {user: pi, connect_timeout: 5, identity_file: ~/.ssh/pi, sudo: false}
`;
  const json = {
    token: "env:TOKEN",
    layout: [
      {
        node: "pi1",
        "node-red": "-p 1880:1880",
        web: {
          args: "-e 'A B'",
          image: "nginx:1.27",
          env: { DEBUG: "true", LEVEL: "3" },
          secrets: { PASSWORD: "file:secret.txt" },
        },
      },
      { node: "pi2", "node-red": "" },
    ],
    vip_preempt: true,
    nodes: { pi1: { address: "10.0.0.1", port: 2222, labels: { rack: "1" } } },
    ssh: { user: "pi", connect_timeout: "5", identity_file: "~/.ssh/pi", sudo: "disabled" },
  };
  const path = temporaryFile(yaml);
  const fromYaml = (await openConfigStore(path, options).read()).config;
  const jsonPath = join(path, "..", "other.json");
  writeFileSync(jsonPath, JSON.stringify(json));
  expect((await openConfigStore(jsonPath, options).read()).config).toEqual(fromYaml);
  expect(fromYaml.nodes[0]).toEqual({
    name: "pi1",
    address: "10.0.0.1",
    ssh: { user: "pi", port: 2222, connectTimeoutMs: 5000, identityFile: "/home/u/.ssh/pi", sudo: false },
    labels: { rack: "1" },
    cordoned: false,
  });
  expect(fromYaml.placements[1]).toMatchObject({ args: ["-e", "A B"], build: undefined, image: "nginx:1.27" });
  expect(fromYaml.placements[1]?.secrets).toEqual({ PASSWORD: { from: "file", path: join(path, "../secret.txt") } });
});

test("every problem is told at once, where it is, what was found and what was expected", async () => {
  const text = `token: [hunter2]
nodez: {}
layout:
  - node: "-oProxyCommand=id"
    web: "-p 80:80"
  - web: 80
  - node: pi2
    "a b": ""
    named: "-p 80:80 --name x"
    open: "-e \\"A\\" 'x"
    typo: {arg: "-p", image: 5}
  - node: pi2
hb:
  - node: pi3
    web: {check: htp, port: 80}
    db: 70000
heartbeat: []
vip_ip: 300.1.1.1
automatic_heartbeat: maybe
__proto__: {a: 1}
token: x
`;
  expect(await problems(text)).toEqual([
    'error: line 2, column 1 (nodez): unknown key "nodez"; did you mean "nodes"?',
    'error: line 4, column 11 (layout[0].node): found "-oProxyCommand=id", expected a node name: a host name or an IP address, without a user or a port (those are `user` and `port` under `ssh` or `nodes.NAME`)',
    'error: line 6, column 5 (layout[1].node): "node" is missing, expected a node name: a host name or an IP address, without a user or a port (those are `user` and `port` under `ssh` or `nodes.NAME`)',
    'error: line 6, column 10 (layout[1].web): found 80, expected a string of docker run arguments ("" for none), or an object such as {"args": "-p 80:80"}',
    'error: line 8, column 5 (layout[2]["a b"]): "a b" cannot be a container\'s name: use letters, digits, - _ . and begin with a letter or digit',
    "error: line 9, column 22 (layout[2].named): --name is not possible: a container has the name of its layout entry; rename the entry instead",
    "error: line 10, column 21 (layout[2].open): the docker run arguments cannot be split into words: the single quote that begins here is never closed",
    'error: line 11, column 12 (layout[2].typo.arg): unknown key "arg"; did you mean "args"?',
    "error: line 12, column 11 (layout[3].node): the node pi2 has a row already; put its containers there (the other one is on line 7)",
    'error: line 15, column 18 (hb[0].web.check): found "htp", expected one of "tcp", "http", "exec", "docker", "ping"',
    'error: line 16, column 9 (hb[0].db): found 70000, expected a port number from 1 to 65535, or an object such as {"check": "http", "port": 80}',
    'error: line 17, column 1 (heartbeat): unknown key "heartbeat"; did you mean "hb"?',
    'error: line 18, column 9 (vip_ip): found "300.1.1.1", expected an IPv4 or IPv6 address without a prefix or a zone',
    'error: line 19, column 22 (automatic_heartbeat): found "maybe", expected "enabled" or "disabled" (or true or false)',
    'error: line 20, column 1 (__proto__): the key "__proto__" is not allowed',
    'error: line 21, column 1 (token): the key "token" is here twice; keep one',
  ]);
});

test("one mistake is told once; what no argument vector can hold is refused", async () => {
  const text = JSON.stringify({
    layout: [{ node: "pi1", web: { args: '-e "A=\u0000"' } }],
    heartbeat_interval: "abc",
    state_dir: { a: 1 },
    vip_ip: "y".repeat(80),
  });
  const told = (await problems(text)).map((problem) => problem.replace(/line 1, column \d+ /, ""));
  expect(told).toHaveLength(4);
  expect(told).toEqual(
    expect.arrayContaining([
      "error: (layout[0].web.args): a NUL character cannot stand in docker run arguments; remove it",
      'error: (heartbeat_interval): found "abc", expected a number of milliseconds, 1 or more',
      "error: (state_dir): found an object, expected a path",
      `error: (vip_ip): found "${"y".repeat(59)}…", expected an IPv4 or IPv6 address without a prefix or a zone`,
    ]),
  );
});

test("what one section says against another", async () => {
  const text = JSON.stringify({
    layout: [{ node: "pi1", web: "-p 1-80:1-80" }, { node: "pi2" }],
    hb: [
      { node: "pi1", webb: 80 },
      { node: "pi2", web: 80 },
      { node: "pi4", web: 80 },
      { node: "pi1", web: 1 },
      { node: "pi1", web: 2 },
    ],
    container_host_constraints: [{ container: "wep,pi1" }, { container: "web" }, { container: "web,pi1,-x" }, {}],
    vip: [{ node: "pi1", vip_eth_device: "eth0", slave: "pi1" }],
    commandlist: [{ up: "uptime" }, { up: "w" }],
  });
  expect((await problems(text)).map((line) => line.replace(/line \d+, column \d+ /, ""))).toEqual([
    'error: (hb[0].webb): the layout has no container webb on node pi1; did you mean "web"?',
    "error: (hb[1].web): the layout has no container web on node pi2; it is on pi1",
    'error: (hb[2].node): the layout has no node pi4; did you mean "pi1"?',
    "error: (hb[4].web): web on pi1 has a check already; keep one (the other one is on line 1)",
    'warning: (container_host_constraints[0].container): the layout has no container "wep"; did you mean "web"?',
    'error: (container_host_constraints[1].container): names no host for web, expected "CONTAINER,HOST,HOST"'.replace(
      "CONTAINER",
      "web",
    ),
    'error: (container_host_constraints[2].container): "-x" is not a node name, expected "CONTAINER,HOST,HOST"',
    "error: (container_host_constraints[2].container): web has a row already; put its hosts there (the other one is on line 1)",
    "warning: (vip): has no effect without vip_ip",
    "error: (vip[0].slave): pi1 cannot be pinged from itself; name another host",
    'error: (commandlist[1].up): the label "up" is taken; labels must differ (the other one is on line 1)',
  ]);
});

describe("bad input is told in one sentence, quickly", () => {
  const cases: [string, string | Uint8Array, string][] = [
    ["empty", "", "the file is empty"],
    ["blank", " \n\t\n", "the file is empty"],
    ["truncated", '{"layout":[{"node":"a"', "the file ends too early"],
    ["a list", "[1]", "found a list; expected an object"],
    ["a string", '"x"', "found a single value; expected an object"],
    ["a NUL", "a: \0", "is not text: byte 4 is NUL"],
    ["binary", Uint8Array.from({ length: 999 }, (_, index) => 200 + (index % 50)), "is not text in UTF-8"],
    ["Latin-1", Buffer.from("syslog: caf\xe9", "latin1"), "is not text in UTF-8"],
    ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "is UTF-16; save it as UTF-8"],
    ["huge", Buffer.alloc(11 << 20, " "), "has more than 1 MB"],
    ["deep JSON", "[".repeat(100_000), "nested more than 32 levels deep"],
    ["deep objects", '{"a":'.repeat(100_000), "nested more than 32 levels deep"],
    ["an alias without its anchor", "a: *b\n", "there is no anchor &b above this"],
    ["a merge of what is no object", "a: &a [1]\nb: { <<: *a }\n", "<< takes an object"],
    [
      "aliases that make a small file enormous",
      `a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n${[1, 2, 3, 4, 5, 6]
        .map(
          (i) =>
            `a${i}: &a${i} [${Array(10)
              .fill(`*a${i - 1}`)
              .join(",")}]\n`,
        )
        .join("")}`,
      "more than 100000 keys and values",
    ],
    ["a tag", "a: !!js/function x", "tags (!name) are not supported"],
    ["two documents", "a: 1\n---\nb: 1\n", "a config is one document"],
    ["a missing comma", '{"a": 1 "b": 2}', "not valid JSON or YAML: missed comma"],
    ["tabs", "layout:\n\t- node: a\n", "not valid JSON or YAML: tab characters"],
    ["a constructor", '{"constructor": {}}', 'the key "constructor" is not allowed'],
    [
      "many unknown keys",
      JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]))),
      "1000 or more problems",
    ],
    [
      "many open quotes",
      JSON.stringify({ layout: Array.from({ length: 15_000 }, (_, i) => ({ node: `n${i}`, web: "-x 'y" })) }),
      "1000 or more problems",
    ],
    [
      "many values of a wrong type",
      JSON.stringify({ layout: Array.from({ length: 15_000 }, () => ({ node: 5, x: [] })) }),
      "1000 or more problems",
    ],
    ["many values", `[${"1,".repeat(100_000)}1]`, "keys and values; a config may have 100000"],
  ];

  test.each(cases)("%s", async (_, content, message) => {
    const started = process.cpuUsage();
    const error = await openConfigStore(temporaryFile(content), options)
      .read()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PictlError);
    expect(error).toMatchObject({ code: "config-invalid", message: expect.stringContaining(message) as string });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  test.each(["-rm", "$(id)", "a b", "../x", "🐳", "x".repeat(300), "", "é"])("container name %j", async (name) => {
    const [problem] = await problems(JSON.stringify({ layout: [{ node: "a", [name]: "" }] }));
    expect(problem).toContain("cannot be a container's name");
  });

  test.each(["-oProxyCommand=id", "root@pi", "a b", "", "a/b", "🐳", "$(id)", "x".repeat(300), "a,b"])(
    "node name %j",
    async (node) => {
      const [problem] = await problems(JSON.stringify({ layout: [{ node }] }));
      expect(problem).toContain("expected a node name");
    },
  );

  test.each(["pi-1.example.com", "192.168.0.1", "::1", "fe80::1%eth0", "PI_2", "node"])(
    "but %j is a node",
    async (node) => {
      expect(await problems(JSON.stringify({ layout: [{ node, "node-red": "" }] }))).toEqual([]);
    },
  );

  test("virtual IPs beside the one at the top level, each with an address and a name of its own", async () => {
    const vip = [{ node: "n9", vip_eth_device: "eth0" }];
    const { config } = await read(
      JSON.stringify({ vip_ip: "10.0.0.1", vip, vips: [{ name: "db", vip_ip: "10.0.0.2", vip_mode: "lease", vip }] }),
    );
    expect(config.vips.map(({ name, ip, mode }) => [name, ip, mode])).toEqual([
      ["10.0.0.1", "10.0.0.1", "static"],
      ["db", "10.0.0.2", "lease"],
    ]);
    expect(config.nodes.map(({ name }) => name)).toEqual(["n9"]);
    const wrong = {
      vip_ip: "10.0.0.1",
      vip,
      vips: [
        { vip_ip: "10.0.0.1", vip },
        { name: "db", vip_ip: "10.0.0.2", vip },
        { name: "db", vip_ip: "10.0.0.3", vip: [...vip, ...vip] },
        { name: "d b", vip_ip: "10.0.0.4", vip },
        { vip_ip: "10.0.0.5" },
      ],
    };
    const told = (await problems(JSON.stringify(wrong))).join("\n");
    expect(told).toMatch(/vips\[3\]\.name\): found "d b", expected a name of letters, digits, - and _/);
    wrong.vips.splice(3, 1);
    expect((await problems(JSON.stringify(wrong))).map((line) => line.replace(/line \d+, column \d+ /, ""))).toEqual([
      "error: (vips[0].vip_ip): the virtual IP address 10.0.0.1 is taken; they must differ (the other one is on line 1)",
      "error: (vips[2].name): the virtual IP name db is taken; they must differ (the other one is on line 1)",
      "error: (vips[2].vip[1].node): the node n9 has a row already; keep one (the other one is on line 1)",
      "warning: (vips[3].vip_ip): has no effect: no row of vip names a node that can hold it",
    ]);
  });

  test("an IPv6 virtual IP is known by one text, however it is written", async () => {
    const vip = [{ node: "n9", vip_eth_device: "eth0" }];
    const { config } = await read(JSON.stringify({ vip_ip: "FD77:0::0010", vip }));
    expect(config.vips).toMatchObject([{ name: "fd77::10", ip: "fd77::10" }]);
    const addresses = [
      "fd00:0::1",
      "FD00::1",
      "fe80::1",
      "ff02::1",
      "::1",
      "::ffff:a00:1",
      "fd00::2%eth0",
      "fd00::2/64",
    ];
    const wrong = { vips: addresses.map((vip_ip) => ({ vip_ip, vip })) };
    const form = "expected an IPv4 or IPv6 address without a prefix or a zone";
    expect((await problems(JSON.stringify(wrong))).map((line) => line.replace(/line \d+, column \d+ /, ""))).toEqual([
      "error: (vips[1].vip_ip): the virtual IP address fd00::1 is taken; they must differ (the other one is on line 1)",
      expect.stringContaining(
        "(vips[2].vip_ip): fe80::1 cannot be a virtual IP: it is link-local, and clients cannot tell",
      ),
      expect.stringContaining("(vips[3].vip_ip): ff02::1 cannot be a virtual IP: it is a multicast address"),
      expect.stringContaining("(vips[4].vip_ip): ::1 cannot be a virtual IP: it is no address of a network"),
      expect.stringContaining(
        "(vips[5].vip_ip): ::ffff:a00:1 cannot be a virtual IP: it is an IPv4 address written as",
      ),
      `error: (vips[6].vip_ip): found "fd00::2%eth0", ${form}`,
      `error: (vips[7].vip_ip): found "fd00::2/64", ${form}`,
    ]);
  });

  test("an address that can never be a virtual IP is refused, and so is a node's own and one that pings itself", async () => {
    const vip = [{ node: "n9", vip_eth_device: "eth0" }];
    const told = async (vip_ip: string, more: object = {}): Promise<string[]> =>
      (await problems(JSON.stringify({ vip_ip, vip, ...more }, null, 1))).map((each) =>
        each.replace(/line \d+, column \d+ /, ""),
      );
    const never = ["0.0.0.0", "0.1.2.3", "127.0.0.1", "169.254.1.1", "224.0.0.18", "239.1.2.3", "240.0.0.1"].concat([
      "255.255.255.255",
      "::",
      "::1",
      "fe80::1",
      "ff02::12",
      "::ffff:a00:1",
      "::a00:1",
      "64:ff9b::7f00:1",
      "64:ff9b:1::1",
      "100::1",
      "2001:0:4136:e378::1",
      "2001:20::1",
      "2002:7f00:1::1",
      "2002:a9fe:1::1",
      "fec0::1",
    ]);
    for (const ip of never) {
      expect(await told(ip)).toEqual([
        expect.stringContaining(`error: (vip_ip): ${ip} cannot be a virtual IP: it is `),
      ]);
    }
    for (const ip of [
      "10.0.0.9",
      "100.64.0.9",
      "192.0.2.9",
      "223.255.255.9",
      "fd77::9",
      "2001:db8::9",
      "2002:c000:204::9",
    ]) {
      expect(await told(ip)).toEqual([]);
    }
    expect(await told("2001:db8::")).toEqual([
      "warning: (vip_ip): 2001:db8:: is the address of all routers of 2001:db8::/64, if that is its network; give another one",
    ]);
    for (const vip_eth_device of [".", "..", "eth%d", "$(id)", "a;b", "-eth0", "eth0:1", "e/0", "sixteencharacter"]) {
      expect(await told("10.0.0.9", { vip: [{ node: "n9", vip_eth_device }] })).toContain(
        `error: (vip[0].vip_eth_device): found ${JSON.stringify(vip_eth_device)}, expected a network device such as eth0`,
      );
    }
    for (const vip_eth_device of ["eth0.100", "br-1a2b3c", "enp0s31f6", "wg_home", "...", "eth0@x"]) {
      expect(await told("10.0.0.9", { vip: [{ node: "n9", vip_eth_device }] })).toEqual([]);
    }
    const own = { nodes: { n9: { address: "FD77::0009" } } };
    expect(await told("fd77::9", own)).toEqual([
      "error: (vip_ip): fd77::9 is the address of the node n9, which would lose its network; give one that no machine has (the other one is on line 11)",
    ]);
    expect(await told("10.0.0.9", { vip: [{ node: "10.0.0.9", vip_eth_device: "eth0" }] })).toEqual([
      expect.stringContaining("10.0.0.9 is the address of the node 10.0.0.9"),
    ]);
    expect(await told("10.0.0.9", { vip: [{ ...vip[0], slave: "10.0.0.9" }] })).toEqual([
      "error: (vip[0].slave): 10.0.0.9 is the virtual IP itself, which only its holder can ping; name another host",
    ]);
  });

  test("wrong types everywhere", async () => {
    const { config } = await read("{}");
    const wrong = [
      "cluster",
      "docker",
      "layout",
      "hb",
      "vip",
      "vip_ip",
      "nodes",
      "ssh",
      "commandlist",
      "token",
      "server_port",
    ];
    for (const key of wrong) {
      const [problem] = await problems(JSON.stringify({ [key]: [[1]] }));
      expect(problem, key).toMatch(/^error: .*(?:found|names|unknown)/);
    }
    expect(config.placements).toEqual([]);
  });

  test("a folder, a device, a missing file", async () => {
    await expect(openConfigStore(temporaryFolder()).read()).rejects.toMatchObject({ code: "config-invalid" });
    await expect(openConfigStore("/dev/zero").read()).rejects.toThrow("is not a regular file");
    await expect(openConfigStore("/nowhere/config.json").read()).rejects.toMatchObject({ code: "config-not-found" });
  });
});

test("a relative state folder counts from where the config's name is, which a symbolic link makes worth a warning", async () => {
  const [target, folder] = [temporaryFile('{ "state_dir": "state" }'), temporaryFolder()];
  const link = join(folder, "config.json");
  symlinkSync(target, link);
  const read = async (path: string): Promise<string[]> => {
    const { config, warnings } = await openConfigStore(path, options).read();
    return [config.stateDir, ...warnings.map(({ message }) => message)];
  };
  const [stateDir, warning = ""] = await read(link);
  expect(stateDir).toBe(join(folder, "state"));
  expect(warning).toContain(`it counts from ${folder}, where the config is a symbolic link`);
  expect(await read(target)).toEqual([join(dirname(target), "state")]);
  writeFileSync(target, '{ "state_dir": "/var/lib/here" }');
  expect(await read(link)).toEqual(["/var/lib/here"]);
});

describe("secrets", () => {
  const text = JSON.stringify({
    token: "hunter2",
    web_password: "env:NOT_SET",
    layout: [{ node: "a", web: { secrets: { P: "hunter3" } } }],
  });

  test("a file that others may read gets a warning for each secret in it", async () => {
    const path = temporaryFile(text);
    chmodSync(path, 0o644);
    const { warnings } = await openConfigStore(path, options).read();
    expect(warnings.map(({ path, message }) => `${path} ${message.slice(0, 44)}`)).toEqual([
      "token a secret in a file that others may read: run",
      "web_password the environment variable NOT_SET is not set",
      "layout[0].web.secrets.P a secret in a file that others may read: run",
    ]);
  });

  test("a name that docker would read as something else is an error, and so is one that stands in env too", async () => {
    const web = (env: object, secrets: object) =>
      problems(JSON.stringify({ layout: [{ node: "a", web: { env, secrets } }] }));
    expect(await web({ "A B": "1", a: "2" }, { A: "file:a", "ä-b": "file:b" })).toEqual([]);
    for (const name of ["", "A=B", "A\0"]) {
      expect(await web({ [name]: "1" }, {})).toEqual([expect.stringContaining("this cannot be a variable's name")]);
    }
    for (const name of ["", "A=B", "A B", "#A", "A\n"]) {
      expect(await web({}, { [name]: "file:a" })).toEqual([expect.stringContaining("this cannot be a secret's name")]);
    }
    expect(await web({ A: "1" }, { A: "file:a" })).toEqual([expect.stringContaining("A stands in env too")]);
  });

  test("they print as nothing, in the config, in what is shown and in errors", async () => {
    const store = openConfigStore(temporaryFile(text), options);
    const { config } = await store.read();
    const shown = (await store.inspect()).shown();
    expect(JSON.stringify(config) + shown).not.toContain("hunter");
    expect(shown).toContain('"env:NOT_SET"');
    const broken = await problems(text.replace('"hunter2"', '["hunter2"]').replace('{"P":"hunter3"}', '"hunter3"'));
    expect(broken.join("\n")).not.toContain("hunter");
    expect(broken.filter((line) => line.startsWith("error"))).toHaveLength(2);
  });
});

test("the error lists the problems, and the first of many in its message", async () => {
  const rows = Array.from({ length: 30 }, (_, index) => ({ node: `-${index}` }));
  const error: unknown = await read(JSON.stringify({ layout: rows })).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigInvalidError);
  const { problems, message, exitCode } = error as ConfigInvalidError;
  expect([problems.length, exitCode]).toEqual([30, 2]);
  expect(message).toMatch(/has 30 problems:\n {2}line 1, column 20/);
  expect(message).toMatch(/… and 10 more$/);
});
