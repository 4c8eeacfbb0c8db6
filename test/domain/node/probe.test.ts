import { describe, expect, test } from "vitest";
import { parseProbe, probeCommand } from "../../../src/domain/node/probe.ts";
import { render } from "../../../src/domain/shell.ts";

/** Sections as `probeCommand` prints them. */
function output(sections: Record<string, string>): string {
  return Object.entries(sections)
    .map(([name, text]) => `=== pictl ${name}\n${text}\n`)
    .join("");
}

const debian = output({
  hostname: "rack1-a",
  uname: "x86_64\n6.1.0-18-amd64",
  os: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian',
  uptime: "350735.47 1392743.55",
  load: "0.52 0.58 0.59 1/467 12345",
  cpus: "4",
  memory: "MemTotal:       16318492 kB\nMemFree:         1234567 kB\nMemAvailable:   10000000 kB",
  disk:
    "Filesystem     1024-blocks     Used Available Capacity Mounted on\n" +
    "/dev/nvme0n1p2   479151816 98304000 356434032      22% /",
  clock: "1700000000.123456789",
  addresses:
    "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n" +
    "2: eth0    inet 192.168.0.100/24 brd 192.168.0.255 scope global eth0\\       valid_lft forever\n" +
    "2: eth0    inet 192.168.0.15/32 scope global dynamic eth0\\       valid_lft 6sec preferred_lft 6sec\n" +
    "2: eth0    inet6 fe80::1234/64 scope link \\       valid_lft forever preferred_lft forever",
});

/** busybox: no nanoseconds, other columns in df, no os-release quotes. */
const alpine = output({
  hostname: "alpine-1",
  uname: "aarch64\n6.6.14-0-lts",
  os: "NAME=\"Alpine Linux\"\nID=alpine\nPRETTY_NAME='Alpine Linux v3.19'",
  uptime: "93.11 180.01",
  load: "0.00 0.00 0.00 1/97 2112",
  cpus: "2",
  memory: "MemTotal:         996092 kB\nMemFree:          700000 kB\nMemAvailable:     800000 kB",
  disk: "Filesystem           1024-blocks    Used Available Capacity Mounted on\n/dev/vda3               8154588   2037268   5681520  26% /",
  clock: "1700000000.%N",
  addresses: "2: eth0    inet 10.0.0.5/24 scope global eth0",
});

/** Raspberry Pi OS on a 32-bit board, with a docker disk of its own whose mount point has a blank. */
const raspberry = output({
  hostname: "pi",
  uname: "armv7l\n6.1.21-v7+",
  os: 'PRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)"',
  uptime: "12.5 40.1",
  load: "1.20 0.40 0.10 2/140 900",
  cpus: "4",
  memory: "MemTotal:         948304 kB\nMemFree:          123456 kB\nMemAvailable:     500000 kB",
  disk: "Filesystem     1024-blocks  Used Available Capacity Mounted on\n/dev/sda1         30000000 15000000 13500000      53% /mnt/usb disk",
  clock: "1700000000.5",
  addresses: "",
});

describe("what a node says of itself", () => {
  test("Debian", () => {
    expect(parseProbe(debian)).toEqual({
      hostname: "rack1-a",
      os: "Debian GNU/Linux 12 (bookworm)",
      arch: "x86_64",
      kernel: "6.1.0-18-amd64",
      uptimeSeconds: 350_735.47,
      load1: 0.52,
      cpus: 4,
      memoryTotalBytes: 16_318_492 * 1024,
      memoryAvailableBytes: 10_000_000 * 1024,
      diskTotalBytes: 479_151_816 * 1024,
      diskUsedBytes: 98_304_000 * 1024,
      diskAvailableBytes: 356_434_032 * 1024,
      clockMs: 1_700_000_000_123,
      addresses: ["127.0.0.1", "192.168.0.100", "192.168.0.15", "fe80::1234"],
    });
  });

  test("Alpine, whose busybox knows whole seconds only", () => {
    expect(parseProbe(alpine)).toMatchObject({
      os: "Alpine Linux v3.19",
      arch: "aarch64",
      clockMs: 1_700_000_000_000,
      diskTotalBytes: 8_154_588 * 1024,
      diskAvailableBytes: 5_681_520 * 1024,
      addresses: ["10.0.0.5"],
    });
  });

  test("Raspberry Pi OS", () => {
    expect(parseProbe(raspberry)).toMatchObject({
      os: "Raspbian GNU/Linux 11 (bullseye)",
      arch: "armv7l",
      diskUsedBytes: 15_000_000 * 1024,
      addresses: [],
    });
  });

  test.each([
    ["nothing", ""],
    ["garbage", "\u0000\u001b]0;owned\u0007=== pictl \n=== pictl memory\nMemTotal: lots kB\n=== pictl clock\nnoon"],
    ["a shell's complaints", output({ uname: "", os: "cat: not found", disk: "df: no", load: "x y", cpus: "-1" })],
  ])("%s yields nulls, and never throws", (_what, text) => {
    const { addresses, ...rest } = parseProbe(text);
    expect(addresses).toEqual([]);
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
  });

  test("the command is one script that needs no quoting by others", () => {
    expect(render(probeCommand)).toMatch(/^sh -c '/);
  });
});
