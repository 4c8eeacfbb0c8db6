import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  type CgroupRates,
  countersCommand,
  parseCounters,
  ratesBetween,
} from "../../../../src/domain/docker/engine/cgroup-counters.ts";
import { render } from "../../../../src/domain/shell.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);
const v2 = (parts: Record<string, string>, id = a): string =>
  Object.entries(parts)
    .map(([file, text]) => `./system.slice/docker-${id}.scope/${file}:${text}`)
    .join("\n");

/** What the last two looks of an answer tell. */
function rates(output: string): ReadonlyMap<string, CgroupRates> {
  const looks = parseCounters(output);
  const last = looks.at(-1);
  return last ? ratesBetween(looks.at(-2), last) : new Map();
}

const nothing: CgroupRates = {
  cpuPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  networkRxBytesPerSecond: null,
  networkTxBytesPerSecond: null,
};

test("cgroup v2 with systemd: processor time between two moments, memory without the file cache", () => {
  const output = [
    "moment 100.000000000 5.00",
    v2({ "cpu.stat": "usage_usec 1000000" }),
    "moment 100.100000000 5.10",
    v2({
      "cpu.stat": "usage_usec 1150000",
      "memory.current": "5000",
      "memory.stat": "inactive_file 2000",
      "memory.max": "9000",
    }),
  ].join("\n");
  expect(rates(output)).toEqual(
    new Map([[a, { ...nothing, cpuPercent: 150, memoryBytes: 3000, memoryLimitBytes: 9000 }]]),
  );
});

test("cgroup v1, and a clock without fractions", () => {
  const output = `moment 100.%N 5.00
cpuacct/docker/${a}/cpuacct.usage:1000000000
moment 100.%N 5.20
cpuacct/docker/${a}/cpuacct.usage:1050000000
cpuacct/docker/${b}/cpuacct.usage:7
memory/docker/${a}/memory.usage_in_bytes:9000
memory/docker/${a}/memory.limit_in_bytes:9223372036854771712
memory/docker/${a}/memory.stat:inactive_file 1
memory/docker/${a}/memory.stat:total_inactive_file 4000
`;
  const use = rates(output);
  expect(use.get(a)).toEqual({ ...nothing, cpuPercent: 25, memoryBytes: 5000 });
  // It has come in between.
  expect(use.get(b)).toEqual(nothing);
});

test("the network that a container's processes are in, between two looks", () => {
  const look = (seconds: string, rx: number): string => `moment ${seconds} 1
${v2({ "memory.max": "max" })}
42 ./system.slice/docker-${a}.scope
43 ./system.slice/docker-${b}.scope
/proc/42/net/dev:Inter-|   Receive                                                |  Transmit
/proc/42/net/dev: face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
/proc/42/net/dev:    lo: 999999 1 0 0 0 0 0 0 999999 1 0 0 0 0 0 0
/proc/42/net/dev:  eth0:${String(rx)} 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0
/proc/42/net/dev:  eth1: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
/proc/99/net/dev:  eth0: 7777 1 0 0 0 0 0 0 7777 1 0 0 0 0 0 0`;
  expect(rates(`${look("100.000", 1000)}\n${look("102.000", 5000)}`).get(a)).toEqual({
    ...nothing,
    networkRxBytesPerSecond: 2000,
    networkTxBytesPerSecond: 0,
  });
  // It was started anew in between, and its counters with it.
  expect(rates(`${look("100.000", 1000)}\n${look("102.000", 10)}`).get(a)?.networkRxBytesPerSecond).toBeNull();
});

test.each([
  "",
  "x\n",
  `memory/${a}/memory.stat:total_inactive_file x`,
  "moment\nmoment 1 2",
  `moment 1.0 1\n/${a}/cpu.stat:1`,
  `42 ./docker/${a}\n/proc/42/net/dev: eth0: x`,
])("what is no answer says nothing: %j", (output) => {
  for (const use of rates(output).values()) expect(use).toEqual(nothing);
});

test("two moments too close to each other give no percentage", () => {
  const at = (clock: string): string => `moment ${clock} 1\n${v2({ "cpu.stat": "usage_usec 5" })}`;
  expect(rates(`${at("1.000")}\n${at("1.001")}`).get(a)?.cpuPercent).toBeNull();
});

test.each(["dash", "busybox sh", "bash"])(
  "%s reads such folders, those that are named or all, and nothing else",
  (shell) => {
    const root = mkdtempSync(join(tmpdir(), "pictl-cgroup-"));
    onTestFinished(() => {
      rmSync(root, { recursive: true });
    });
    writeFileSync(join(root, "cgroup.controllers"), "");
    for (const id of [a, b]) {
      const folder = join(root, `system.slice/docker-${id}.scope`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "cpu.stat"), "usage_usec 1000\nuser_usec 700\n");
      writeFileSync(join(folder, "memory.current"), "5000\n");
      writeFileSync(join(folder, "memory.max"), "max\n");
      writeFileSync(join(folder, "memory.stat"), "anon 1\ninactive_file 2000\n");
      writeFileSync(join(folder, "cgroup.procs"), `${String(process.pid)}\n1\n`);
    }
    // Podman's watcher of a container, and what a container makes for itself.
    for (const other of [`machine.slice/libpod-conmon-${a}.scope`, `system.slice/docker-${a}.scope/init.scope`]) {
      mkdirSync(join(root, other), { recursive: true });
      writeFileSync(join(root, other, "cpu.stat"), "usage_usec 7000000\n");
    }
    const run = (command: ReturnType<typeof countersCommand>): ReadonlyMap<string, CgroupRates> => {
      const line = render(command).replaceAll("/sys/fs/cgroup", root);
      return rates(execFileSync("env", [...shell.split(" "), "-c", line], { encoding: "utf8" }));
    };
    expect([...run(countersCommand("all", 2)).keys()].toSorted()).toEqual([a, b]);
    expect(run(countersCommand("all", 2)).get(a)).toMatchObject({ cpuPercent: 0, memoryBytes: 3000 });
    expect([...run(countersCommand([b, "$(reboot)"])).keys()]).toEqual([b]);
    expect([...run(countersCommand([b, a], 1, { traffic: false })).keys()].toSorted()).toEqual([a, b]);
  },
);
