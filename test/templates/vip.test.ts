/** The real vip.sh in a network of its own: a device with a cable whose other end is at a neighbour's. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAsk, type parseHolds, parseProbe, parseReach } from "../../src/domain/vip/commands.ts";
import { shells, whyNoGuard } from "../support/guard.ts";

const script = fileURLToPath(new URL("../../templates/vip.sh", import.meta.url));
const families = [
  { family: "IPv4", address: "10.9.0.10", whole: 32, network: 24, hosts: ["10.9.0.1", "10.9.0.2"], nobody: "10.9.0.99" },
  { family: "IPv6", address: "fd77::10", whole: 128, network: 64, hosts: ["fd77::1", "fd77::2"], nobody: "fd77::99" },
] as const;
const cases = shells.flatMap((shell) => families.map((each) => ({ ...shell, ...each })));
const seconds = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

describe.skipIf(whyNoGuard !== undefined).each(cases)("vip.sh under $name for $family", (tried) => {
  const { words, family, address, whole, network, hosts, nobody } = tried;
  const isIpv6 = family === "IPv6";
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
      const now = isIpv6 ? "nodad" : "";
      hosts.forEach((host, index) =>
        inside(index, `ip link set eth0 up; ip addr add ${host}/${String(network)} dev eth0 ${now}`),
      );
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
    const byHand = `ip addr add ${address}/${String(network)} dev eth0; ip addr add ${address}/${String(whole)} dev lo`;
    inside(0, byHand);
    vip(`grant ${address} eth0 forever 0`);
    const places = inside(0, `ip -o addr show to ${address}`).stdout;
    expect(places.match(/eth0 +inet6? \S+|lo +inet6? \S+/g)?.map((place) => place.replace(/ +inet6? /, " "))).toEqual([
      `eth0 ${address}/${String(whole)}`,
    ]);
    inside(0, byHand);
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

  it("a lease that nobody renews is ended by the kernel, within the margin that controllers wait for", async () => {
    const deadline = seconds() + 2.5;
    expect(vip(`grant ${address} eth0 lease 0`, until(2.5)).status).toBe(0);
    expect(holds()).not.toBeNull();
    await expect.poll(holds, { timeout: 10_000 }).toBeNull();
    expect(seconds()).toBeLessThan(deadline + 5);
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

  it("a neighbour learns the new hardware address from the announcement, and only from it", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    const stale = `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`;
    const known = (): string => inside(1, `ip neigh show ${address}`).stdout;
    inside(1, stale);
    vip(`grant ${address} eth0 forever 0`);
    expect(known()).toContain("02:00:00:00:00:01");
    vip(`remove ${address} ''`);
    vip(`grant ${address} eth0 forever 3`);
    await expect.poll(known, { timeout: 10_000 }).toContain(mac);
    vip(`remove ${address} ''`);
  });

  it("a neighbour that missed the first announcement hears the next one", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    vip(`grant ${address} eth0 forever 3`);
    inside(1, `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`);
    await expect.poll(() => inside(1, `ip neigh show ${address}`).stdout, { timeout: 5000 }).toContain(mac);
    vip(`remove ${address} ''`);
  });

  it.skipIf(!isIpv6)("without Perl, the gateway hears of it all the same", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    inside(0, `ip route add default via ${hosts[1]} dev eth0; mount --bind /dev/null "$(readlink -f "$(command -v perl)")"`);
    vip(`grant ${address} eth0 forever 3`);
    inside(1, `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`);
    await expect.poll(() => inside(1, `ip neigh show ${address}`).stdout, { timeout: 5000 }).toContain(mac);
    vip(`remove ${address} ''`);
    inside(0, `umount "$(readlink -f "$(command -v perl)")"; ip -6 route del default`);
  });

  it("pings several targets at once, and tells an unplugged cable", async () => {
    const [, other] = hosts;
    expect(parseReach(vip(`reach ${other} ${nobody}`).stdout, [other, nobody])).toEqual({
      [other]: true,
      [nobody]: false,
    });
    inside(1, "ip link set eth0 down");
    await expect.poll(() => parseProbe(vip(`probe ${address} eth0`).stdout)?.carrier).toBe(false);
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBeNull();
    inside(1, "ip link set eth0 up");
  });

  it.skipIf(!isIpv6)("needs no second to see whether an IPv6 address is free, and leaves the settings as they were", () => {
    const settings = "cat /proc/sys/net/ipv6/conf/eth0/accept_dad /proc/sys/net/ipv6/conf/eth0/ndisc_notify";
    expect(inside(0, settings).stdout).toBe("1\n0\n");
    const from = seconds();
    expect(vip(`grant ${address} eth0 lease 1`, until(10)).status).toBe(0);
    expect(seconds() - from).toBeLessThan(0.8);
    expect(inside(0, `ip -o addr show to ${address}`).stdout).toMatch(/ deprecated (?!.*tentative)/);
    expect(inside(0, settings).stdout).toBe("1\n0\n");
    vip(`remove ${address} ''`);
  });

  it.skipIf(!isIpv6)("an IPv6 address that is not usable yet, or never will be, is not held; a grant makes it so", () => {
    inside(1, `ip addr add ${address}/128 dev eth0 nodad`);
    inside(0, `ip addr add ${address}/128 dev eth0`);
    expect(holds()).toBeNull();
    inside(0, `until ip -o addr show to ${address} | grep -q dadfailed; do sleep 0.1; done`);
    expect(holds()).toBeNull();
    inside(1, `ip addr del ${address}/128 dev eth0`);
    expect(vip(`grant ${address} eth0 forever 0`).status).toBe(0);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${address} ''`);
  });

  it.skipIf(!isIpv6)("waits for the kernel where its settings are read-only, and gives up an address that a stranger has", () => {
    const readOnly = (then: string): ReturnType<typeof vip> => {
      const mounted = "mount --bind /proc/sys/net /proc/sys/net && mount -o remount,bind,ro /proc/sys/net";
      const { status, stdout } = inside(0, `${mounted} && ${words.join(" ")} ${script} ${then}; code=$?; umount /proc/sys/net; exit $code`);
      return { status, stdout };
    };
    expect(readOnly(`grant ${address} eth0 forever 0`).status).toBe(0);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${address} ''`);
    inside(1, `ip addr add ${address}/128 dev eth0 nodad`);
    expect(readOnly(`grant ${address} eth0 forever 0`).status).toBe(76);
    expect(inside(0, `ip -o addr show to ${address}`).stdout).toBe("");
    inside(1, `ip addr del ${address}/128 dev eth0`);
  });

  it.skipIf(!isIpv6)("says so where IPv6 is switched off", () => {
    const off = "/proc/sys/net/ipv6/conf/eth0/disable_ipv6";
    inside(0, `echo 1 >${off}`);
    expect(parseProbe(vip(`probe ${address} eth0`).stdout)).toMatchObject({ device: true, ipv6Off: true });
    expect(vip(`grant ${address} eth0 forever 0`).status).toBe(78);
    inside(0, `echo 0 >${off}`);
    expect(parseProbe(vip(`probe ${address} eth0`).stdout)).toMatchObject({ device: true, ipv6Off: false });
  });
});
