import { describe, expect, test } from "vitest";
import type { Check } from "../../../src/domain/doctor/check.ts";
import { judgeController, type ControllerFacts } from "../../../src/domain/doctor/controller.ts";
import type { Device, Examination } from "../../../src/domain/doctor/examination.ts";
import { judgeNode, type NodeLook } from "../../../src/domain/doctor/node.ts";
import { defaultDockerHost } from "../../../src/domain/docker/engine/endpoint.ts";
import type { EngineInfo } from "../../../src/domain/docker/facts.ts";
import { PictlError } from "../../../src/domain/errors.ts";

const gib = 2 ** 30;
const info: EngineInfo = {
  id: "ABCD",
  product: "Docker",
  serverVersion: "24.0.7",
  containersRunning: 0,
  containers: 0,
  images: 0,
  architecture: "x86_64",
  operatingSystem: "",
  kernelVersion: "",
  memoryBytes: 0,
  cpus: 1,
};

const eth0: Device = {
  name: "eth0",
  exists: true,
  up: true,
  carrier: true,
  addresses: ["10.0.0.11/24", "fd77::b/64", "fe80::4c:aff:fe4d:b/64"],
  ipv6Off: false,
  dropsForeign: false,
};
const absent: Device = { ...eth0, name: "eth7", exists: false, up: false, carrier: false, addresses: [] };

const healthy: Examination = {
  user: "pi",
  shell: { path: "/bin/bash", durationMs: 20, noise: "" },
  dockerClient: "Docker version 24.0.7, build afdd53b",
  ip: { flavour: "iproute2", path: "/sbin/ip" },
  arping: { flavour: "iputils", path: "/usr/bin/arping" },
  ping: true,
  podmanRestart: null,
  podmanRestartOwn: null,
  lingers: null,
  flock: true,
  devices: [eth0],
  clock: { first: { ms: 1_000, coarseMs: 0 }, last: { ms: 1_100, coarseMs: 0 } },
  memory: { totalBytes: 4 * gib, availableBytes: 2 * gib },
  disk: { totalBytes: 30 * gib, usedBytes: 10 * gib, availableBytes: 20 * gib, mount: "/" },
  dockerDisk: { totalBytes: 30 * gib, usedBytes: 10 * gib, availableBytes: 20 * gib, mount: "/" },
  board: {
    machine: "aarch64",
    bits: 64,
    memoryControl: true,
    cmdlineFile: null,
    rtc: true,
    synchronised: true,
    cardBytes: null,
  },
};

const inside = {
  examination: healthy,
  asked: { sentMs: 990, receivedMs: 1_110 },
  rights: { root: false, docker: true, sudo: false },
  daemon: { info, durationMs: 12, dockerHost: defaultDockerHost },
};

const connected = {
  durationMs: 84,
  login: { address: "10.0.0.1:22", user: "pi", method: "key /home/me/.ssh/id_ed25519", through: [] },
};

function look(parts: Partial<NodeLook> = {}): NodeLook {
  return {
    node: "n1",
    address: "10.0.0.1",
    cordoned: false,
    vips: [],
    connection: connected,
    inside,
    ...parts,
  };
}

function unconnected(connection: PictlError): NodeLook {
  return { node: "n1", address: "10.0.0.1", cordoned: false, vips: [], connection };
}

function candidate(device: string, ip = "10.0.0.10"): Pick<NodeLook, "vips"> {
  return { vips: [{ ip, device }] };
}

function podman(serverVersion: string, podmanRestart: string): NodeLook {
  const daemon = { ...inside.daemon, info: { ...info, product: "Podman" as const, serverVersion } };
  return look({ inside: { ...inside, daemon, examination: { ...healthy, podmanRestart } } });
}

function rootless(lingers: boolean | null): NodeLook {
  const daemon = { ...inside.daemon, dockerHost: "unix:///run/user/1000/docker.sock" };
  return look({ inside: { ...inside, daemon, examination: { ...healthy, user: "pi", lingers } } });
}

function ownPodman(podmanRestartOwn: string): NodeLook {
  const daemon = {
    ...inside.daemon,
    dockerHost: "unix:///run/user/1000/podman/podman.sock",
    info: { ...info, product: "Podman" as const, serverVersion: "5.4.2" },
  };
  const examination = { ...healthy, podmanRestart: "enabled", podmanRestartOwn };
  return look({ inside: { ...inside, daemon, examination } });
}

function examined(parts: Partial<Examination>, on: Partial<NodeLook> = {}): NodeLook {
  return look({ ...on, inside: { ...inside, examination: { ...healthy, ...parts } } });
}

const nearlyFull = { totalBytes: 30 * gib, usedBytes: 28.8 * gib, availableBytes: 1.2 * gib, mount: "/" };

function board(parts: Partial<Examination["board"]>, rest: Partial<Examination> = {}): NodeLook {
  return examined({ ...rest, board: { ...healthy.board, ...parts } });
}

function lines(checks: readonly Check[]): string[] {
  return checks.map(({ check, state, message }) => `${check} ${state}: ${message}`);
}

function found(node: NodeLook, check: string): Check | undefined {
  return judgeNode(node).find((each) => each.check === check);
}

describe("a node", () => {
  test("where all is well", () => {
    expect(lines(judgeNode(look()))).toEqual([
      "address ok: 10.0.0.1:22",
      "ssh ok: answers in 84 ms",
      "host-key ok: known",
      "login ok: as pi, by key /home/me/.ssh/id_ed25519",
      "shell ok: /bin/bash",
      "sudo ok: not needed for Docker; without it a daemon repairs, but never leads, so it moves nothing",
      "docker ok: client 24.0.7",
      "docker-access ok: its daemon answers in 12 ms",
      "docker-version ok: 24.0.7",
      "ip ok: iproute2",
      "arping ok: iputils",
      "clock ok: the same as this machine's",
      "disk ok: 20 GiB of 30 GiB free on /",
      "docker-disk ok: on the same file system as /",
      "memory ok: 2.0 GiB of 4.0 GiB available",
    ]);
  });

  test.each([
    ["host-key-unknown", ["address ok", "ssh ok", "host-key problem", "login skipped"]],
    ["host-key-changed", ["address ok", "ssh ok", "host-key problem", "login skipped"]],
    ["auth-failed", ["address ok", "ssh ok", "host-key ok", "login problem"]],
    ["node-unreachable", ["address ok", "ssh problem", "host-key skipped", "login skipped"]],
  ] as const)("without a connection, because of %s", (code, expected) => {
    const checks = judgeNode(unconnected(new PictlError(code, "No.", { hint: "Do." })));
    expect(checks.slice(0, 4).map(({ check, state }) => `${check} ${state}`)).toEqual(expected);
    expect(checks.find(({ state }) => state === "problem")).toMatchObject({ message: "No.", remedy: "Do.", code });
    expect(new Set(checks.slice(4).map(({ state, message }) => `${state}: ${message}`))).toEqual(
      new Set(["skipped: no connection"]),
    );
  });

  test("that is cordoned says so, whether it answers or not", () => {
    const cordon = { check: "cordon", state: "warning", remedy: "`pictl node uncordon n1` opens it again." };
    for (const node of [look(), unconnected(new PictlError("node-unreachable", "No."))]) {
      expect(judgeNode({ ...node, cordoned: true })).toEqual([expect.objectContaining(cordon), ...judgeNode(node)]);
    }
  });

  test("whose name does not resolve", () => {
    const error = new PictlError("node-unreachable", "No.", { cause: { stage: "resolve" } });
    const node = unconnected(error);
    expect(found(node, "address")?.state).toBe("problem");
    expect(found(node, "ssh")?.state).toBe("skipped");
  });

  test("that cannot be examined still tells of its Docker", () => {
    const examination = new PictlError("shell-unusable", "This account is currently not available.");
    const checks = judgeNode(look({ inside: { ...inside, examination } }));
    const state = (name: string) => checks.find(({ check }) => check === name)?.state;
    expect([state("shell"), state("docker"), state("docker-access"), state("clock"), state("disk")]).toEqual([
      "problem",
      "skipped",
      "ok",
      "skipped",
      "skipped",
    ]);
  });
});

describe("what is found", () => {
  test.each<[string, NodeLook, string, string]>([
    ["a slow answer", look({ connection: { ...connected, durationMs: 4_200 } }), "ssh", "warning: answers in 4.2 s"],
    [
      "jump hosts",
      look({ connection: { durationMs: 1, login: { ...connected.login, through: ["bastion", "inner"] } } }),
      "address",
      "ok: 10.0.0.1:22, through bastion, inner",
    ],
    [
      "noise",
      examined({ shell: { path: "/bin/zsh", durationMs: 20, noise: "Welcome!\nYou have mail." } }),
      "shell",
      'warning: /bin/zsh prints when nobody looks: "Welcome!" and 1 line more',
    ],
    [
      "a slow shell",
      examined({ shell: { path: "/bin/bash", durationMs: 900, noise: "" } }),
      "shell",
      "warning: /bin/bash takes 900 ms to start",
    ],
    [
      "root",
      look({ inside: { ...inside, rights: { root: true, docker: true, sudo: true } } }),
      "sudo",
      "ok: not needed: the login is root",
    ],
    [
      "no flock",
      look({ inside: { ...inside, examination: { ...healthy, flock: false } } }),
      "flock",
      "warning: there is none: nothing keeps two commands of pictl apart, and no daemon gets a promise of this node",
    ],
    ["no sudo on a candidate", look(candidate("eth0")), "sudo", "problem: does not work, and the virtual IP needs it"],
    ["no docker program", examined({ dockerClient: null }), "docker", "problem: there is no docker program"],
    ["podman", examined({ dockerClient: "podman version 4.3.1" }), "docker", "ok: client Podman 4.3.1"],
    ["Podman new enough", podman("4.3.1", "enabled"), "docker-version", "ok: Podman 4.3.1"],
    [
      "Podman too old",
      podman("3.4.4", "enabled"),
      "docker-version",
      "problem: Podman 3.4.4 is older than 4.3, the oldest that pictl works with",
    ],
    [
      "Podman that starts nothing with its node",
      podman("5.4.2", "disabled"),
      "podman-restart",
      "warning: containers with `--restart always` do not come back when it starts",
    ],
    [
      "another engine than the usual one",
      look({ inside: { ...inside, daemon: { ...inside.daemon, dockerHost: "unix:///run/user/7/docker.sock" } } }),
      "docker-access",
      "ok: its daemon answers in 12 ms, at unix:///run/user/7/docker.sock",
    ],
    ["rootless Podman, whose own unit starts them", ownPodman("enabled"), "docker-version", "ok: Podman 5.4.2"],
    [
      "rootless Podman that starts nothing, whatever the machine's unit does",
      ownPodman("disabled"),
      "podman-restart",
      "warning: containers with `--restart always` do not come back when it starts",
    ],
    [
      "an engine of the login's own, that ends with it",
      rootless(false),
      "lingering",
      "warning: the engine is pi's own, and it and its containers end when pi is logged out",
    ],
    [
      "Docker too old",
      look({ inside: { ...inside, daemon: { ...inside.daemon, info: { ...info, serverVersion: "19.03.15" } } } }),
      "docker-version",
      "problem: 19.03.15 is older than 20.10, the oldest that pictl works with",
    ],
    [
      "Docker just new enough",
      look({ inside: { ...inside, daemon: { ...inside.daemon, info: { ...info, serverVersion: "20.10.0+dfsg1" } } } }),
      "docker-version",
      "ok: 20.10.0+dfsg1",
    ],
    [
      "no ip, no candidate",
      examined({ ip: null }),
      "ip",
      "ok: not there, nor needed: the node is no candidate of the virtual IP",
    ],
    [
      "no ip on a candidate",
      examined({ ip: null, devices: null }, candidate("eth0")),
      "ip",
      "problem: there is no ip program, and the virtual IP needs it",
    ],
    [
      "no arping on a candidate",
      examined({ arping: null }, candidate("eth0")),
      "arping",
      "warning: not there: after a failover, clients may take minutes to notice",
    ],
    [
      "the other arping on a candidate",
      examined({ arping: { flavour: "habets", path: "/usr/sbin/arping" } }, candidate("eth0")),
      "arping",
      "warning: it is the one by Thomas Habets, which announces addresses in another way",
    ],
    [
      "busybox' arping",
      examined({ arping: { flavour: "busybox", path: "/usr/sbin/arping" } }, candidate("eth0")),
      "arping",
      "ok: busybox",
    ],
    [
      "a device that is not there",
      examined({ devices: [absent] }, candidate("eth7")),
      "vip-device",
      "problem: there is no network device eth7",
    ],
    [
      "a device without a carrier",
      examined({ devices: [{ ...eth0, carrier: false }] }, candidate("eth0")),
      "vip-device",
      "warning: eth0 has no carrier",
    ],
    [
      "a device that is down",
      examined({ devices: [{ ...eth0, up: false }] }, candidate("eth0")),
      "vip-device",
      "warning: eth0 is down",
    ],
    [
      "a device that systemd-networkd clears",
      examined({ devices: [{ ...eth0, dropsForeign: true }] }, candidate("eth0")),
      "vip-device",
      "warning: systemd-networkd takes the virtual IP off eth0 whenever it sets it up anew, until the next tick",
    ],
    [
      "no ping on a candidate",
      examined({ ping: false }, candidate("eth0")),
      "ping",
      "problem: there is no ping program, and `slave` is pinged before the node gets the virtual IP",
    ],
    [
      "a virtual IP where it belongs",
      look(candidate("eth0")),
      "vip-network",
      "ok: 10.0.0.10 is in the network of 10.0.0.11/24",
    ],
    [
      "one of another network",
      look(candidate("eth0", "10.0.1.10")),
      "vip-network",
      "warning: 10.0.1.10 is in no network of eth0, which has 10.0.0.11/24: neighbours will not look for it there",
    ],
    [
      "one on a device that has nothing else",
      examined({ devices: [{ ...eth0, addresses: ["10.0.0.10/32"] }] }, candidate("eth0")),
      "vip-network",
      "warning: 10.0.0.10 is in no network of eth0, which has no IPv4 address: neighbours will not look for it there",
    ],
    [
      "one on a device that is not there",
      examined({ devices: [absent] }, candidate("eth7")),
      "vip-network",
      "skipped: there is no device to look at",
    ],
    [
      "an IPv6 address where it belongs",
      look(candidate("eth0", "fd77::10")),
      "vip-network",
      "ok: fd77::10 is in the network of fd77::b/64",
    ],
    [
      "an IPv6 address of another network",
      examined({ devices: [{ ...eth0, addresses: ["10.0.0.11/24", "fd77::10/128"] }] }, candidate("eth0", "fd77::10")),
      "vip-network",
      "warning: fd77::10 is in no network of eth0, which has no IPv6 address: neighbours will not look for it there",
    ],
    [
      "a device without IPv6",
      examined({ devices: [{ ...eth0, ipv6Off: true }] }, candidate("eth0", "fd77::10")),
      "vip-device",
      "problem: IPv6 is switched off on eth0, so the node cannot have an IPv6 virtual IP",
    ],
    [
      "a device without IPv6, which the address does not need",
      examined({ devices: [{ ...eth0, ipv6Off: true }] }, candidate("eth0")),
      "vip-device",
      "ok: eth0 is up",
    ],
    [
      "no arping on a candidate that needs none",
      examined({ arping: null }, candidate("eth0", "fd77::10")),
      "arping",
      "ok: not there, nor needed: the kernel announces an IPv6 address",
    ],
    [
      "a clock that is ahead",
      look({ inside: { ...inside, asked: { sentMs: -4_010, receivedMs: -3_890 } } }),
      "clock",
      "warning: 5.0 s ahead of this machine's",
    ],
    [
      "a clock within what the round trip hides",
      look({ inside: { ...inside, asked: { sentMs: -2_600, receivedMs: 1_100 } } }),
      "clock",
      "ok: the same as this machine's",
    ],
    [
      "a clock that nothing sets",
      board({ synchronised: false }),
      "clock",
      "warning: the same as this machine's, but nothing keeps it in time",
    ],
    [
      "one that stops without power, too",
      board({ synchronised: false, rtc: false }),
      "clock",
      "warning: the same as this machine's, but nothing keeps it in time, and it has none that goes on without power: after a power cut it is wrong",
    ],
    ["a clock that is set after each start", board({ rtc: false }), "clock", "ok: the same as this machine's"],
    ["nobody knows who sets the clock", board({ synchronised: null }), "clock", "ok: the same as this machine's"],
    [
      "32-bit programs on a 64-bit kernel",
      board({ bits: 32 }),
      "userland",
      "warning: its programs have 32 bits, its kernel has 64 (aarch64): Docker pulls 32-bit images, which many no longer offer",
    ],
    [
      "memory that is not counted",
      board({ memoryControl: false }),
      "cgroup-memory",
      "warning: its kernel does not count the memory of containers: `-m` limits nothing, and `stats` shows none",
    ],
    [
      "an SD card that is nearly full",
      board({ cardBytes: 32 * gib }, { disk: nearlyFull }),
      "disk",
      "warning: 1.2 GiB of 30 GiB free on /, an SD card of 32 GiB",
    ],
    [
      "less than a tenth free",
      examined({ disk: { totalBytes: 100 * gib, usedBytes: 91 * gib, availableBytes: 9 * gib, mount: "/" } }),
      "disk",
      "warning: 9.0 GiB of 100 GiB free on /",
    ],
    [
      "less than a gigabyte free",
      examined({ dockerDisk: { totalBytes: 4 * gib, usedBytes: 3.1 * gib, availableBytes: 0.9 * gib, mount: "/srv" } }),
      "docker-disk",
      "warning: 922 MiB of 4.0 GiB free on /srv",
    ],
    [
      "no memory left",
      examined({ memory: { totalBytes: 4 * gib, availableBytes: 0.2 * gib } }),
      "memory",
      "warning: 205 MiB of 4.0 GiB available",
    ],
    [
      "an old kernel that does not tell",
      examined({ memory: { totalBytes: 4 * gib, availableBytes: null } }),
      "memory",
      "skipped: could not be read",
    ],
  ])("%s", (_what, node, check, expected) => {
    const result = found(node, check);
    expect(`${result?.state ?? ""}: ${result?.message ?? ""}`).toBe(expected);
  });

  test.each([
    [32, "docker system df", "A card that is nearly full wears out sooner"],
    // The system uses a part of it only.
    [64, "raspi-config --expand-rootfs", "restart"],
  ])("a card of %i GiB", (cardGib, ...remedies) => {
    const remedy = found(board({ cardBytes: cardGib * gib }, { disk: nearlyFull }), "disk")?.remedy;
    for (const words of remedies) expect(remedy).toContain(words);
  });

  test.each([
    ["/boot/firmware/cmdline.txt", "to the end of the one line in /boot/firmware/cmdline.txt, and restart it."],
    [
      null,
      "to the kernel's command line (GRUB_CMDLINE_LINUX in /etc/default/grub, then `update-grub`), and restart it.",
    ],
  ])("what switches the counting on where %s is", (cmdlineFile, where) => {
    const remedy = found(board({ memoryControl: false, cmdlineFile }), "cgroup-memory")?.remedy;
    expect(remedy).toBe(`Add \`cgroup_enable=memory cgroup_memory=1\` ${where}`);
  });

  test("32 bits all through are nothing wrong", () => {
    expect(found(board({ bits: 32, machine: "armv7l" }), "userland")).toBeUndefined();
  });

  test("every finding has a remedy, and nothing else has", () => {
    const worst = look({
      ...candidate("eth7"),
      inside: {
        ...inside,
        rights: { root: false, docker: false, sudo: false },
        daemon: new PictlError("docker-denied", "Denied.", { hint: "Join the group." }),
        examination: { ...healthy, arping: null, ping: false, devices: [absent] },
      },
    });
    for (const { state, remedy } of judgeNode(worst)) {
      expect(remedy === null).toBe(state === "ok" || state === "skipped");
    }
  });
});

describe("the controller", () => {
  const facts: ControllerFacts = {
    nodeVersion: "20.20.1",
    sshVersion: "OpenSSH_9.2p1",
    config: { path: "/etc/pictl/config.json", mode: 0o600, folderWritable: true },
    stateDir: { path: "/var/lib/pictl", state: "missing" },
  };

  test("where all is well", () => {
    expect(lines(judgeController(facts))).toEqual([
      "node-js ok: 20.20.1",
      "ssh-client ok: OpenSSH_9.2p1",
      "config-file ok: /etc/pictl/config.json",
      "state-dir ok: /var/lib/pictl (made when needed)",
    ]);
  });

  test.each<[string, Partial<ControllerFacts>, string]>([
    ["an old Node.js", { nodeVersion: "20.19.9" }, "node-js problem: 20.19.9 is older than 20.20"],
    ["no ssh", { sshVersion: null }, "ssh-client warning"],
    ["a config for everybody", { config: { ...facts.config, mode: 0o666 } }, "config-file problem"],
    ["a folder that is not ours", { config: { ...facts.config, folderWritable: false } }, "config-file warning"],
    [
      "no state",
      { stateDir: { path: "/x", state: "unusable", reason: "no permission" } },
      "state-dir problem: /x cannot be written (no permission)",
    ],
  ])("%s", (_what, parts, expected) => {
    const worse = lines(judgeController({ ...facts, ...parts })).filter((line) => !/^\S+ ok/.test(line));
    expect(worse).toHaveLength(1);
    expect(worse[0]).toContain(expected);
  });
});

test("an address that is somebody else's, one that left the config, and folders that cannot be written are told", () => {
  const told = (
    parts: Partial<NonNullable<NonNullable<NodeLook["inside"]>["addresses"]>>,
    of: Partial<NodeLook> = {},
  ) => {
    const addresses = { survey: { given: [], foreign: [] }, wanted: [], unwritable: [], ...parts };
    return judgeNode(look({ ...of, inside: { ...inside, addresses } }))
      .filter(({ check }) => check.startsWith("vip-") && check !== "vip-device")
      .map(({ check, state, message }) => `${check} ${state}: ${message}`);
  };
  expect(told({})).toEqual([]);
  const foreign = [{ ip: "10.0.0.10", device: "eth1", address: "10.0.0.10/24" }];
  expect(told({ survey: { given: ["10.0.0.12"], foreign } })).toEqual([
    "vip-conflict problem: it has 10.0.0.10/24 on eth1 from somebody else: nobody gets the virtual IP 10.0.0.10",
    "vip-stray warning: it has 10.0.0.12 from pictl, which the config no longer gives it",
  ]);
  expect(told({ unwritable: ["/var/lib/pictl/c"] }, candidate("eth0"))).toContain(
    "vip-folders problem: /var/lib/pictl/c cannot be written: the node takes no order, and gets no virtual IP",
  );
  expect(told({}, candidate("eth0", "10.0.0.11"))).toEqual([
    "vip-network problem: the node has 10.0.0.11/24 on eth0 from somebody else, and may be known by it: nobody gets 10.0.0.11",
  ]);
  expect(told({}, candidate("eth0", "10.0.0.255"))).toEqual([
    "vip-network problem: 10.0.0.255 is the broadcast address of 10.0.0.11/24: the node does not get it",
  ]);
  expect(told({}, candidate("eth0", "fd77::"))).toEqual([
    "vip-network problem: fd77:: is the address of all routers of fd77::b/64: the node does not get it",
  ]);
});

test.each([
  [
    { root: false, sudo: false, docker: true },
    "Only root may write there: let the login use sudo, as the check `sudo` says, or log in as root.",
  ],
  [{ root: false, sudo: true, docker: true }, "Make room there, and see that the file system is not read-only."],
  [{ root: true, sudo: false, docker: true }, "Make room there, and see that the file system is not read-only."],
])("what is to be done about folders that cannot be written, for a login with %o", (rights, remedy) => {
  const addresses = { survey: { given: [], foreign: [] }, wanted: [], unwritable: ["/run/pictl/c/vip"] };
  const checks = judgeNode(look({ ...candidate("eth0"), inside: { ...inside, rights, addresses } }));
  expect(checks.find(({ check }) => check === "vip-folders")).toMatchObject({ remedy });
});
