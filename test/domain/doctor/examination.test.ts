import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { clockSkew } from "../../../src/domain/doctor/clock.ts";
import { examineCommand, parseExamination } from "../../../src/domain/doctor/examination.ts";
import { render } from "../../../src/domain/shell.ts";

function output(sections: Record<string, string>): string {
  return Object.entries(sections)
    .map(([name, text]) => `=== pictl ${name}\n${text}\n`)
    .join("");
}

describe("what the examination reads", () => {
  test("Debian with everything", () => {
    const seen = parseExamination(
      output({
        clock: "1700000000.500000000",
        user: "pi",
        docker: "Docker version 20.10.24+dfsg1, build 297e128",
        ip: "/usr/sbin/ip\nip utility, iproute2-6.1.0, libbpf 1.1.2",
        arping: "/usr/bin/arping\narping from iputils 20221126\nlibcap: yes, IDN: yes",
        ping: "/usr/bin/ping",
        flock: "/usr/bin/flock",
        podmanRestart: "disabled",
        lingers: "no",
        devices:
          "device eth0\n2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT\\    link/ether\n" +
          "2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n" +
          "2: eth0    inet 10.0.0.10/32 scope global eth0\\       valid_lft 12sec\n" +
          "2: eth0    inet6 fd77::b/64 scope global \\       valid_lft forever\n" +
          'device eth7\nDevice "eth7" does not exist.\nipv6 off',
        memory: "MemTotal:        4000 kB\nMemAvailable:    1000 kB",
        disk: "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /",
        dockerDisk: "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sdb1 200 40 160 20% /srv/docker",
        board:
          "machine aarch64\nbits 32\ncontrollers cpuset cpu io pids\nmemory 0\n" +
          "cmdline /boot/firmware/cmdline.txt\nsynchronised no\ncard 62333952",
        shell: "/bin/bash\n100.10 5\n100.35 5\nWelcome!\nYou have mail.",
        clockAgain: "1700000000.900000000",
      }),
    );
    expect(seen).toEqual({
      user: "pi",
      shell: { path: "/bin/bash", durationMs: 250, noise: "Welcome!\nYou have mail." },
      dockerClient: "Docker version 20.10.24+dfsg1, build 297e128",
      ip: { path: "/usr/sbin/ip", flavour: "iproute2" },
      arping: { path: "/usr/bin/arping", flavour: "iputils" },
      ping: true,
      podmanRestart: "disabled",
      podmanRestartOwn: null,
      lingers: false,
      flock: true,
      devices: [
        {
          name: "eth0",
          exists: true,
          up: true,
          carrier: true,
          addresses: ["10.0.0.11/24", "10.0.0.10/32", "fd77::b/64"],
          ipv6Off: false,
          dropsForeign: false,
        },
        { name: "eth7", exists: false, up: false, carrier: false, addresses: [], ipv6Off: true, dropsForeign: false },
      ],
      clock: {
        first: { ms: 1_700_000_000_500, coarseMs: 0 },
        last: { ms: 1_700_000_000_900, coarseMs: 0 },
      },
      memory: { totalBytes: 4000 * 1024, availableBytes: 1000 * 1024 },
      disk: { totalBytes: 102_400, usedBytes: 40_960, availableBytes: 61_440, mount: "/" },
      dockerDisk: { totalBytes: 204_800, usedBytes: 40_960, availableBytes: 163_840, mount: "/srv/docker" },
      board: {
        machine: "aarch64",
        bits: 32,
        memoryControl: false,
        cmdlineFile: "/boot/firmware/cmdline.txt",
        rtc: false,
        synchronised: false,
        cardBytes: 31_914_983_424,
      },
    });
  });

  test.each([
    ["/usr/sbin/arping\narping utility, iputils-s20190709", "iputils"],
    [
      "/usr/sbin/arping\narping: invalid option -- 'V'\nBusyBox v1.36.1 (2023-11-07 18:53:09 UTC) multi-call binary.",
      "busybox",
    ],
    [
      "/usr/sbin/arping\narping: option requires an argument -- 'V'\nARPing 2.23, by Thomas Habets <thomas@habets.se>",
      "habets",
    ],
    ["/opt/arping\nwhat?", "other"],
    ["", undefined],
    ["sh: arping: not found", undefined],
  ])("arping saying %j is %s", (arping, flavour) => {
    expect(parseExamination(output({ arping })).arping?.flavour).toBe(flavour);
  });

  test.each([
    ["2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 state DOWN", { exists: true, up: true, carrier: false }],
    ["2: eth0: <BROADCAST,MULTICAST> mtu 1500 state DOWN", { exists: true, up: false, carrier: false }],
    ['Device "eth0" does not exist.', { exists: false, up: false, carrier: false }],
    ["ip: can't find device 'eth0'", { exists: false, up: false, carrier: false }],
  ])("the device saying %j", (device, expected) => {
    const [seen] =
      parseExamination(output({ ip: "/sbin/ip\niproute2", devices: `device eth0\n${device}` })).devices ?? [];
    expect(seen).toMatchObject({ name: "eth0", ...expected });
  });

  test.each([
    ["", false],
    ["networkd", true],
    ["networkd\nKeepConfiguration=yes", false],
    ["networkd\nKeepConfiguration=static", false],
    ["networkd\nKeepConfiguration=yes\nKeepConfiguration=no", true],
    ["networkd\nKeepConfiguration=dhcp-on-stop", true],
  ])("what set the device up saying %j", (said, dropsForeign) => {
    const devices = `device eth0\n2: eth0: <UP> mtu 1500\n${said}`;
    expect(parseExamination(output({ ip: "/sbin/ip\niproute2", devices })).devices).toMatchObject([{ dropsForeign }]);
  });

  test.each([
    ["docker: not found", null],
    ["sh: 12: docker: not found", null],
    ["bash: docker: command not found", null],
    ["podman version 4.3.1", "podman version 4.3.1"],
    [
      "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.\npodman version 4.3.1",
      "podman version 4.3.1",
    ],
  ])("docker saying %j", (docker, expected) => {
    expect(parseExamination(output({ docker })).dockerClient).toBe(expected);
  });

  test.each([
    ["controllers cpu memory pids\nmemory 1", true],
    ["controllers cpu memory pids", true],
    // Version 1.
    ["controllers\nmemory 1", true],
    ["controllers\nmemory 0", false],
    // A kernel that lists those of version 1 no more.
    ["controllers cpu pids", false],
    // Nobody could look.
    ["controllers", null],
    ["", null],
  ])("control groups saying %j", (text, memoryControl) => {
    expect(parseExamination(output({ board: text })).board.memoryControl).toBe(memoryControl);
  });

  test("a program's fifth byte says how many bits it has", () => {
    const bits = (said: string) => parseExamination(output({ board: `bits ${said}` })).board.bits;
    expect(["64", "32", "  2", "  1", ""].map(bits)).toEqual([64, 32, 64, 32, null]);
  });

  test.each(["", "=== pictl", "=== pictl shell\n\n\n=== pictl clock\n"])("%j is no answer and no error", (text) => {
    expect(parseExamination(text)).toMatchObject({
      shell: null,
      clock: null,
      ip: null,
      devices: null,
      disk: null,
    });
  });
});

describe("the script itself", () => {
  test.each([
    ["dash", ["sh"]],
    ["bash", ["bash", "--norc"]],
    ["busybox", ["busybox", "sh"]],
  ])("under %s it answers every question about this machine", async (_name, [program = "sh", ...first]) => {
    const { stdout, stderr } = await promisify(execFile)(program, [...first, "-c", render(examineCommand(["lo"]))], {
      env: { PATH: process.env["PATH"], SHELL: "/bin/sh" },
    });
    const seen = parseExamination(stdout);
    expect(stderr).toBe("");
    expect(seen).toMatchObject({
      ping: true,
      devices: [
        {
          name: "lo",
          exists: true,
          up: true,
          addresses: expect.arrayContaining(["127.0.0.1/8"]) as string[],
          dropsForeign: false,
        },
      ],
      shell: { path: "/bin/sh", noise: "" },
    });
    expect(seen.memory.totalBytes).toBeGreaterThan(0);
    expect(seen.board).toMatchObject({ bits: 64, memoryControl: true, cardBytes: null });
    expect(Math.abs((seen.clock?.first.ms ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("a device is a word, whatever is in it", async () => {
    const { stdout } = await promisify(execFile)("sh", ["-c", render(examineCommand(["$(touch /x);`id`"]))]);
    expect(parseExamination(stdout).devices).toMatchObject([{ name: "$(touch /x);`id`", exists: false }]);
  });
});

describe("how far two clocks are apart", () => {
  const fine = (ms: number) => ({ ms, coarseMs: 0 });

  test.each([
    // There 100 ms, work 300 ms, back 100 ms; the node is 5 s ahead.
    [
      { first: fine(6_100), last: fine(6_400) },
      { sentMs: 1_000, receivedMs: 1_500 },
      { skewMs: 5_000, uncertaintyMs: 100 },
    ],
    // All of the delay is on the way back: the estimate is off by no more than it says.
    [
      { first: fine(6_000), last: fine(6_300) },
      { sentMs: 1_000, receivedMs: 1_500 },
      { skewMs: 4_900, uncertaintyMs: 100 },
    ],
    [
      { first: fine(1_000), last: fine(1_000) },
      { sentMs: 61_000, receivedMs: 61_000 },
      { skewMs: -60_000, uncertaintyMs: 0 },
    ],
    // Whole seconds: half a second each way is nobody's fault.
    [
      { first: { ms: 1_000, coarseMs: 1_000 }, last: { ms: 1_000, coarseMs: 1_000 } },
      { sentMs: 1_400, receivedMs: 1_600 },
      { skewMs: 0, uncertaintyMs: 600 },
    ],
  ])("%j, asked %j: %j", (ends, asked, expected) => {
    expect(clockSkew(ends, asked)).toEqual(expected);
  });
});
