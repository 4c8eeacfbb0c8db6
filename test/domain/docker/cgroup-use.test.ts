import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cgroupCommand, parseCgroupUse } from "../../../src/domain/docker/cgroup-use.ts";
import { render } from "../../../src/domain/shell.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);
const v2 = (parts: Record<string, string>): string =>
  Object.entries(parts)
    .map(([file, text]) => `./system.slice/docker-${a}.scope/${file}:${text}`)
    .join("\n");

test("cgroup v2 with systemd: processor time between two moments, memory without the file cache", () => {
  const output = [
    "moment 100.000000000 5.00",
    v2({ "cpu.stat": "usage_usec 1000000" }),
    "moment 100.100000000 5.10",
    v2({ "cpu.stat": "usage_usec 1150000", "memory.current": "5000", "memory.stat": "inactive_file 2000" }),
  ].join("\n");
  expect(parseCgroupUse(output)).toEqual(new Map([[a, { cpuPercent: 150, memoryBytes: 3000 }]]));
});

test("cgroup v1, and a clock without fractions", () => {
  const output = `moment 100.%N 5.00
cpuacct/docker/${a}/cpuacct.usage:1000000000
moment 100.%N 5.20
cpuacct/docker/${a}/cpuacct.usage:1050000000
cpuacct/docker/${b}/cpuacct.usage:7
memory/docker/${a}/memory.usage_in_bytes:9000
memory/docker/${a}/memory.stat:inactive_file 1
memory/docker/${a}/memory.stat:total_inactive_file 4000
`;
  const use = parseCgroupUse(output);
  expect(use.get(a)).toEqual({ cpuPercent: 25, memoryBytes: 5000 });
  // It has come in between.
  expect(use.get(b)).toEqual({ cpuPercent: null, memoryBytes: null });
});

test.each([
  "",
  "x\n",
  `memory/${a}/memory.stat:total_inactive_file x`,
  "moment\nmoment 1 2",
  `moment 1.0 1\n/${a}/cpu.stat:1`,
])("what is no answer says nothing: %j", (output) => {
  for (const use of parseCgroupUse(output).values()) expect(use).toEqual({ cpuPercent: null, memoryBytes: null });
});

test("two moments too close to each other give no percentage", () => {
  const at = (clock: string): string => `moment ${clock} 1\n${v2({ "cpu.stat": "usage_usec 5" })}`;
  expect(parseCgroupUse(`${at("1.000")}\n${at("1.001")}`).get(a)?.cpuPercent).toBeNull();
});

test.each(["dash", "busybox sh", "bash"])("%s reads such folders, and nothing else", (shell) => {
  const root = mkdtempSync(join(tmpdir(), "pictl-cgroup-"));
  try {
    const folder = join(root, `system.slice/docker-${a}.scope`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, "cgroup.controllers"), "");
    writeFileSync(join(folder, "cpu.stat"), "usage_usec 1000\nuser_usec 700\n");
    writeFileSync(join(folder, "memory.current"), "5000\n");
    writeFileSync(join(folder, "memory.stat"), "anon 1\ninactive_file 2000\n");
    const line = render(cgroupCommand).replaceAll("/sys/fs/cgroup", root);
    const use = parseCgroupUse(execFileSync("env", [...shell.split(" "), "-c", line], { encoding: "utf8" }));
    expect(use).toEqual(new Map([[a, { cpuPercent: 0, memoryBytes: 3000 }]]));
  } finally {
    rmSync(root, { recursive: true });
  }
});
