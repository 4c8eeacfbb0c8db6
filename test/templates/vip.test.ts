/** The real vip.sh in a network of its own: a device with a cable whose other end is at a neighbour's. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAsk, type parseHolds, parseProbe, parseReach } from "../../src/domain/vip/commands.ts";
import { shells, whyNoGuard } from "../support/guard.ts";

const script = fileURLToPath(new URL("../../templates/vip.sh", import.meta.url));
const address = "10.9.0.10";
const seconds = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

describe.skipIf(whyNoGuard !== undefined).each(shells)("vip.sh under $name", ({ words }) => {
  const namespaces: ReturnType<typeof spawn>[] = [];
  const inside = (index: number, line: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync("nsenter", ["--target", String(namespaces[index]?.pid), "--net", "--mount", "sh", "-c", line], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  const vip = (args: string, env: NodeJS.ProcessEnv = {}, index = 0) => {
    const { status, stdout } = inside(index, `${words.join(" ")} ${script} ${args}`, env);
    return { status, stdout };
  };
  const until = (inSeconds: number): NodeJS.ProcessEnv => ({
    PICTL_DEADLINE: String(Math.round((seconds() + inSeconds) * 100)),
  });
  const holds = (): ReturnType<typeof parseHolds> => parseProbe(vip(`probe ${address} eth0`).stdout)?.holds ?? null;

  beforeAll(() => {
    for (const host of [1, 2]) {
      const child = spawn("unshare", ["--net", "--mount", "sh", "-c", "mount -t sysfs sys /sys && echo up && exec sleep 300"]);
      namespaces.push(child);
      expect(host).toBeGreaterThan(0);
    }
    return Promise.all(namespaces.map((child) => new Promise((resolve) => child.stdout?.once("data", resolve)))).then(() => {
      inside(0, `ip link set lo up; ip link add eth0 type veth peer name eth0 netns ${String(namespaces[1]?.pid)}`);
      [0, 1].forEach((index) => inside(index, `ip link set eth0 up; ip addr add 10.9.0.${String(index + 1)}/24 dev eth0`));
    });
  });
  afterAll(() => {
    for (const child of namespaces) child.kill("SIGKILL");
  });

  it("grants for ever, shows it, and removes it: twice is the same as once", () => {
    expect(vip(`grant ${address} eth0 forever 1`)).toMatchObject({ status: 0 });
    expect(vip(`grant ${address} eth0 forever 0`)).toMatchObject({ status: 0 });
    expect(holds()).toEqual({ secondsLeft: null });
    expect(vip(`remove ${address} ''`)).toEqual({ status: 0, stdout: "removed\n" });
    expect(vip(`remove ${address} ''`)).toEqual({ status: 0, stdout: "removed\n" });
    expect(holds()).toBeNull();
  });

  it("removes what somebody added with another prefix or on another device", () => {
    inside(0, `ip addr add ${address}/24 dev eth0; ip addr add ${address}/32 dev lo`);
    vip(`grant ${address} eth0 forever 0`);
    expect(inside(0, `ip -4 -o addr show to ${address}`).stdout.match(/inet \S+/g)).toEqual([`inet ${address}/32`]);
    inside(0, `ip addr add ${address}/24 dev eth0; ip addr add ${address}/32 dev lo`);
    expect(vip(`remove ${address} ''`).status).toBe(0);
    expect(holds()).toBeNull();
  });

  it("leases until the deadline, and never after it", () => {
    expect(vip(`grant ${address} eth0 lease 0`, until(30.9)).status).toBe(0);
    expect(holds()?.secondsLeft).toBeGreaterThanOrEqual(29);
    expect(holds()?.secondsLeft).toBeLessThanOrEqual(30);
    expect(vip(`grant ${address} eth0 lease 0`, until(5.5)).status).toBe(0);
    expect(holds()?.secondsLeft).toBeLessThanOrEqual(5);
    expect(vip(`grant ${address} eth0 lease 0`, until(-0.1)).status).toBe(75);
    expect(vip(`grant ${address} eth0 lease 0`, until(0.5)).status).toBe(75);
    vip(`remove ${address} ''`);
  });

  it("a lease made of a permanent address ends, and one made permanent does not", () => {
    vip(`grant ${address} eth0 forever 0`);
    vip(`grant ${address} eth0 lease 0`, until(20));
    expect(holds()?.secondsLeft).not.toBeNull();
    vip(`grant ${address} eth0 forever 0`);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${address} ''`);
  });

  it("refuses a device that is not there", () => {
    expect(vip(`grant ${address} eth7 forever 0`).status).toBe(77);
    expect(parseProbe(vip(`probe ${address} eth7`).stdout)).toMatchObject({ device: false, carrier: false });
  });

  it("tells whether somebody else answers for the address", () => {
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBe(false);
    vip(`grant ${address} eth0 forever 0`, {}, 1);
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBe(true);
    vip(`remove ${address} ''`, {}, 1);
  });

  it("a neighbour learns the new hardware address from the announcement", async () => {
    const macs = [0, 1].map((index) => inside(index, "cat /sys/class/net/eth0/address").stdout.trim());
    vip(`grant ${address} eth0 forever 0`);
    inside(1, `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`);
    vip(`grant ${address} eth0 forever 3`);
    await expect.poll(() => inside(1, `ip neigh show ${address}`).stdout, { timeout: 10_000 }).toContain(macs[0]);
    vip(`remove ${address} ''`);
  });

  it("pings several targets at once, and tells an unplugged cable", async () => {
    expect(parseReach(vip("reach 10.9.0.2 10.9.0.99").stdout, ["10.9.0.2", "10.9.0.99"])).toEqual({
      "10.9.0.2": true,
      "10.9.0.99": false,
    });
    inside(1, "ip link set eth0 down");
    await expect.poll(() => parseProbe(vip(`probe ${address} eth0`).stdout)?.carrier).toBe(false);
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBeNull();
    inside(1, "ip link set eth0 up");
  });
});
