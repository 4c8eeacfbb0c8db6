/** The real vip.sh in a network of its own: a device with a cable whose other end is at a neighbour's. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAsk, parseCheck, type parseHolds, parseProbe, parseReach, parseSurvey } from "../../src/domain/vip/commands.ts";
import { shells, whyNoGuard } from "../support/guard.ts";

const script = fileURLToPath(new URL("../../templates/vip.sh", import.meta.url));
const families = [
  { family: "IPv4", address: "10.9.0.10", whole: 32, network: 24, hosts: ["10.9.0.1", "10.9.0.2"], nobody: "10.9.0.99" },
  { family: "IPv6", address: "fd77::10", whole: 128, network: 64, hosts: ["fd77::1", "fd77::2"], nobody: "fd77::99" },
] as const;
/** The last one with the `ip` of busybox as well. */
const tools = [...shells, ...shells.slice(1).map((shell) => ({ ...shell, name: "busybox sh and ip", ip: "busybox" }))];
const cases = tools.flatMap((tool) => families.map((each) => ({ ip: "iproute2", ...tool, ...each })));
const cluster = "test";
const seconds = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

describe.skipIf(whyNoGuard !== undefined).each(cases)("vip.sh under $name for $family", (tried) => {
  const { words, family, address, whole, network, hosts, nobody } = tried;
  const isIpv6 = family === "IPv6";
  const programs = mkdtempSync(join(tmpdir(), "pictl-vip-"));
  if (tried.ip === "busybox") symlinkSync("/bin/busybox", join(programs, "ip"));
  const namespaces: ReturnType<typeof spawn>[] = [];
  const inside = (index: number, line: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync("nsenter", ["--target", String(namespaces[index]?.pid), "--net", "--mount", "sh", "-c", line], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  const vip = (args: string, env: NodeJS.ProcessEnv = {}, index = 0) => {
    const path = `${programs}:${process.env["PATH"] ?? ""}`;
    const { status, stdout } = inside(index, `${words.join(" ")} ${script} ${args}`, { ...env, PATH: path });
    return { status, stdout };
  };
  const until = (inSeconds: number): NodeJS.ProcessEnv => ({
    PICTL_DEADLINE: String(Math.round((seconds() + inSeconds) * 100)),
  });
  const holds = (): ReturnType<typeof parseHolds> => parseProbe(vip(`probe ${cluster} ${address} eth0`).stdout)?.holds ?? null;

  beforeAll(() => {
    for (const host of [1, 2]) {
      const child = spawn("unshare", ["--net", "--mount", "sh", "-c", "mkdir -p /run/pictl /var/lib/pictl && mount -t tmpfs none /run/pictl && mount -t tmpfs none /var/lib/pictl && mount -t sysfs sys /sys && echo up && exec sleep 300"]);
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
    rmSync(programs, { recursive: true });
  });

  it("grants for ever, shows it, and removes it: twice is the same as once", () => {
    expect(vip(`grant ${cluster} ${address} eth0 forever 1`)).toMatchObject({ status: 0 });
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`)).toMatchObject({ status: 0 });
    expect(holds()).toEqual({ secondsLeft: null });
    expect(vip(`remove ${cluster} ${address} ''`)).toEqual({ status: 0, stdout: "removed\n" });
    expect(vip(`remove ${cluster} ${address} ''`)).toEqual({ status: 0, stdout: "removed\n" });
    expect(holds()).toBeNull();
  });

  const placesNow = (): string[] =>
    (inside(0, `ip -o addr show to ${address}`).stdout.match(/\S+ +inet6? \S+/g) ?? []).map((place) =>
      place.replace(/ +inet6? /, " "),
    );
  const allPlaces = (): string => inside(0, "ip -o addr show dev lo; ip -o addr show dev eth0 scope global").stdout;
  const seen = () => parseProbe(vip(`probe ${cluster} ${address} eth0`).stdout);
  const given = () => parseSurvey(vip(`survey ${cluster} ${address}`).stdout);
  const addByHand = (how: string): void => {
    const { status } = inside(0, `ip addr add ${how} ${isIpv6 ? "nodad" : ""}`);
    expect(status).toBe(0);
  };

  it.each([
    ["the node's own, with its prefix length", `${address}/${String(network)} dev eth0`],
    ["on another device", `${address}/${String(whole)} dev lo`],
    ["in the form of pictl's, without its mark", `${address}/${String(whole)} dev eth0`],
  ])("what somebody else has given is neither changed nor removed: %s", (_, byHand) => {
    addByHand(byHand);
    const before = allPlaces();
    expect(seen()).toMatchObject({ holds: null, foreign: [{ address: byHand.split(" ")[0] }] });
    for (const ends of ["forever", "lease"]) {
      expect(vip(`grant ${cluster} ${address} eth0 ${ends} 0`, until(20)).status).toBe(79);
    }
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(allPlaces()).toBe(before);
    expect(given()).toMatchObject({ given: [], foreign: [{ ip: address }] });
    inside(0, `ip addr del ${byHand}`);
  });

  it("the address by which the node is reached is left alone, and so is loopback", () => {
    for (const [own, device] of [[hosts[0], "eth0"], isIpv6 ? ["::1", "lo"] : ["127.0.0.1", "lo"]] as const) {
      const before = allPlaces();
      expect(vip(`grant ${cluster} ${own} ${device} forever 0`).status).toBe(79);
      expect(vip(`remove ${cluster} ${own} ${device}`).status).toBe(0);
      expect(allPlaces()).toBe(before);
    }
  });

  it.skipIf(isIpv6)("just the place that pictl gave goes, beside another one of the same address", () => {
    for (const [ends, byHand] of [
      ["forever", `${address}/${String(network)} dev eth0`],
      ["lease", `${address}/${String(network)} dev eth0`],
      ["forever", `${address}/${String(whole)} dev lo`],
    ] as const) {
      expect(vip(`grant ${cluster} ${address} eth0 ${ends} 0`, until(30)).status).toBe(0);
      addByHand(byHand);
      expect(seen()).toMatchObject({ holds: {}, foreign: [{}] });
      // Who has it goes on having it: nothing of somebody else's is touched by that.
      expect(vip(`grant ${cluster} ${address} eth0 ${ends} 0`, until(30)).status).toBe(0);
      expect(vip(`remove ${cluster} ${address} eth0`)).toEqual({ status: 0, stdout: "removed\n" });
      expect(placesNow()).toEqual([byHand.replace(/(\S+) dev (\S+)/, "$2 $1")]);
      inside(0, `ip addr del ${byHand}`);
    }
  });

  it("follows its row to another device, and is taken from where it was given", () => {
    inside(0, "ip link add other type dummy; ip link set other up");
    vip(`grant ${cluster} ${address} other forever 0`);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(0);
    expect(placesNow()).toEqual([`eth0 ${address}/${String(whole)}`]);
    // The row is gone, and with it the device: the node knows.
    expect(vip(`remove ${cluster} ${address} ''`).status).toBe(0);
    expect(placesNow()).toEqual([]);
    inside(0, "ip link del other");
  });

  it("another cluster's, another boot's and an ended lease's mark make nothing ours", () => {
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    expect(given()).toEqual({ given: [address], foreign: [] });
    expect(vip(`remove elsewhere ${address} eth0`).status).toBe(0);
    expect(parseSurvey(vip(`survey elsewhere ${address}`).stdout)).toMatchObject({ given: [], foreign: [{}] });
    const mark = `/run/pictl/${cluster}/vip/${address}`;
    const kept = inside(0, `cat ${mark}`).stdout;
    inside(0, `echo "eth0 forever another-boot" | tee ${mark} >/var/lib/pictl/${cluster}/vip/${address}`);
    expect(seen()?.holds).toBeNull();
    const [, , boot = ""] = kept.trim().split(" ");
    inside(0, `echo "eth0 ${String(Math.round((seconds() - 11) * 100))} ${boot}" >${mark}`);
    expect(seen()?.holds).toBeNull();
    expect(given()).toMatchObject({ given: [], foreign: [{}] });
    inside(0, `echo '${kept.trim()}' >${mark}`);
    expect(seen()?.holds).toEqual({ secondsLeft: null });
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(placesNow()).toEqual([]);
  });

  it.each(["forever", "lease"])("what pictl has given (%s) is known, renewed and taken back although /run/pictl was removed", (ends) => {
    vip(`grant ${cluster} ${address} eth0 ${ends} 0`, until(30));
    const clear = (): void => void inside(0, "rm -r /run/pictl/*");
    clear();
    expect(seen()).toMatchObject({ holds: {}, foreign: [] });
    expect(given()).toEqual({ given: [address], foreign: [] });
    expect(vip(`grant ${cluster} ${address} eth0 ${ends} 0`, until(30)).status).toBe(0);
    expect(inside(0, `cat /run/pictl/${cluster}/vip/${address}`).stdout).toMatch(/^eth0 /);
    expect(given()).toEqual({ given: [address], foreign: [] });
    clear();
    expect(vip(`remove ${cluster} ${address} ''`)).toEqual({ status: 0, stdout: "removed\n" });
    expect(placesNow()).toEqual([]);
    // What somebody gives it afterwards is his.
    addByHand(`${address}/${String(whole)} dev eth0`);
    expect(seen()).toMatchObject({ holds: null, foreign: [{}] });
    inside(0, `ip addr del ${address}/${String(whole)} dev eth0`);
  });

  it("what somebody else has given for ever is not the lease that ended, although /run/pictl was removed", async () => {
    vip(`grant ${cluster} ${address} eth0 lease 0`, until(1.5));
    await expect.poll(holds, { timeout: 10_000 }).toBeNull();
    inside(0, "rm -r /run/pictl/*");
    addByHand(`${address}/${String(whole)} dev eth0`);
    expect(seen()).toMatchObject({ holds: null, foreign: [{}] });
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(placesNow()).toEqual([`eth0 ${address}/${String(whole)}`]);
    inside(0, `ip addr del ${address}/${String(whole)} dev eth0`);
  });

  it("a renewal needs no room on the disk, and a new grant does", () => {
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    inside(0, `rm -r /var/lib/pictl/*; mount -o remount,ro /var/lib/pictl`);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(0);
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(74);
    inside(0, "mount -o remount,rw /var/lib/pictl");
  });

  it("an address that the version before this one has given is taken over, and not the node's own beside it", () => {
    const lock = `mkdir -p /run/pictl/${cluster} && touch /run/pictl/${cluster}/vip.lock`;
    inside(0, `${lock}; ip addr add ${address}/${String(whole)} dev eth0 ${isIpv6 ? "nodad preferred_lft 0" : ""}`);
    expect(seen()).toMatchObject({ holds: { secondsLeft: null }, foreign: [] });
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(30)).status).toBe(0);
    expect(given()?.given).toEqual([address]);
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(placesNow()).toEqual([]);
    // As in clouds, where a node's own address is a network of its own.
    inside(0, `ip addr flush dev eth0; ip addr add ${address}/${String(whole)} dev eth0 ${isIpv6 ? "nodad" : ""}`);
    expect(vip(`remove ${cluster} ${address} eth0`).status).toBe(0);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(79);
    expect(placesNow()).toEqual([`eth0 ${address}/${String(whole)}`]);
    inside(0, `ip addr flush dev eth0; ip addr add ${hosts[0]}/${String(network)} dev eth0 ${isIpv6 ? "nodad" : ""}`);
    inside(0, `rm /run/pictl/${cluster}/vip.lock`);
  });

  it("nothing is given that could not be written down, and nothing for ever after the deadline", () => {
    expect(parseCheck(vip(`check ${cluster}`).stdout)).toEqual([]);
    inside(0, "mount -o remount,ro /run/pictl");
    expect(parseCheck(vip(`check ${cluster}`).stdout)).toEqual([`/run/pictl/${cluster}/vip`]);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(74);
    inside(0, "mount -o remount,rw /run/pictl");
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`, until(-0.1)).status).toBe(75);
    expect(placesNow()).toEqual([]);
  });

  it("leases until the deadline, and never after it", () => {
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(30.9)).status).toBe(0);
    expect(holds()?.secondsLeft).toBeGreaterThanOrEqual(29);
    expect(holds()?.secondsLeft).toBeLessThanOrEqual(30);
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(5.5)).status).toBe(0);
    expect(holds()?.secondsLeft).toBeLessThanOrEqual(5);
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(-0.1)).status).toBe(75);
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(0.5)).status).toBe(75);
    vip(`remove ${cluster} ${address} ''`);
  });

  it("a lease that nobody renews is ended by the kernel, within the margin that controllers wait for", async () => {
    const deadline = seconds() + 2.5;
    expect(vip(`grant ${cluster} ${address} eth0 lease 0`, until(2.5)).status).toBe(0);
    expect(holds()).not.toBeNull();
    await expect.poll(holds, { timeout: 10_000 }).toBeNull();
    expect(seconds()).toBeLessThan(deadline + 5);
  });

  it("a lease made of a permanent address ends, and one made permanent does not", () => {
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    vip(`grant ${cluster} ${address} eth0 lease 0`, until(20));
    expect(holds()?.secondsLeft).not.toBeNull();
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${cluster} ${address} ''`);
  });

  it("refuses a device that is not there", () => {
    expect(vip(`grant ${cluster} ${address} eth7 forever 0`).status).toBe(77);
    expect(parseProbe(vip(`probe ${cluster} ${address} eth7`).stdout)).toMatchObject({ device: false, carrier: false });
  });

  it("tells whether somebody else answers for the address", () => {
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBe(false);
    vip(`grant ${cluster} ${address} eth0 forever 0`, {}, 1);
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBe(true);
    vip(`remove ${cluster} ${address} ''`, {}, 1);
  });

  it("a neighbour learns the new hardware address from the announcement, and only from it", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    const stale = `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`;
    const known = (): string => inside(1, `ip neigh show ${address}`).stdout;
    inside(1, stale);
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    expect(known()).toContain("02:00:00:00:00:01");
    vip(`remove ${cluster} ${address} ''`);
    vip(`grant ${cluster} ${address} eth0 forever 3`);
    await expect.poll(known, { timeout: 10_000 }).toContain(mac);
    vip(`remove ${cluster} ${address} ''`);
  });

  it("a neighbour that missed the first announcement hears the next one", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    vip(`grant ${cluster} ${address} eth0 forever 3`);
    inside(1, `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`);
    await expect.poll(() => inside(1, `ip neigh show ${address}`).stdout).toContain(mac);
    vip(`remove ${cluster} ${address} ''`);
  });

  it.skipIf(!isIpv6)("without Perl, the gateway hears of it all the same", async () => {
    const mac = inside(0, "cat /sys/class/net/eth0/address").stdout.trim();
    inside(0, `ip route add default via ${hosts[1]} dev eth0; mount --bind /dev/null "$(readlink -f "$(command -v perl)")"`);
    vip(`grant ${cluster} ${address} eth0 forever 3`);
    inside(1, `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud reachable`);
    await expect.poll(() => inside(1, `ip neigh show ${address}`).stdout).toContain(mac);
    vip(`remove ${cluster} ${address} ''`);
    inside(0, `umount "$(readlink -f "$(command -v perl)")"; ip -6 route del default`);
  });

  it("pings several targets at once, and tells an unplugged cable", async () => {
    const [, other] = hosts;
    expect(parseReach(vip(`reach ${other} ${nobody}`).stdout, [other, nobody])).toEqual({
      [other]: true,
      [nobody]: false,
    });
    inside(1, "ip link set eth0 down");
    await expect.poll(() => parseProbe(vip(`probe ${cluster} ${address} eth0`).stdout)?.carrier).toBe(false);
    expect(parseAsk(vip(`ask ${address} eth0`).stdout)).toBeNull();
    inside(1, "ip link set eth0 up");
  });

  it.skipIf(!isIpv6)("needs no second to see whether an IPv6 address is free, and leaves the settings as they were", () => {
    const settings = "cat /proc/sys/net/ipv6/conf/eth0/accept_dad /proc/sys/net/ipv6/conf/eth0/ndisc_notify";
    expect(inside(0, settings).stdout).toBe("1\n0\n");
    const grant = (): number => {
      const from = seconds();
      expect(vip(`grant ${cluster} ${address} eth0 lease 1`, until(30)).status).toBe(0);
      return seconds() - from;
    };
    // The kernel's own look takes a second each time; what a busy machine takes, it takes of a renewal as well.
    const more = Array.from({ length: 5 }, () => {
      vip(`remove ${cluster} ${address} ''`);
      return grant() - grant();
    });
    expect(Math.min(...more)).toBeLessThan(0.8);
    expect(inside(0, `ip -o addr show to ${address}`).stdout).toMatch(/ deprecated (?!.*tentative)/);
    expect(inside(0, settings).stdout).toBe("1\n0\n");
    vip(`remove ${cluster} ${address} ''`);
  });

  it.skipIf(!isIpv6)("an IPv6 address that is not usable yet, or never will be, is not held; a grant makes it so", () => {
    inside(1, `ip addr add ${address}/128 dev eth0 nodad`);
    // Given, and begun anew by somebody who has the kernel ask.
    vip(`grant ${cluster} ${address} eth0 forever 0`);
    inside(0, `ip addr del ${address}/128 dev eth0; ip addr add ${address}/128 dev eth0`);
    expect(holds()).toBeNull();
    inside(0, `until ip -o addr show to ${address} | grep -q dadfailed; do sleep 0.1; done`);
    expect(holds()).toBeNull();
    inside(1, `ip addr del ${address}/128 dev eth0`);
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(0);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${cluster} ${address} ''`);
  });

  it.skipIf(!isIpv6)("waits for the kernel where its settings are read-only, and gives up an address that a stranger has", () => {
    const readOnly = (then: string): ReturnType<typeof vip> => {
      const mounted = "mount --bind /proc/sys/net /proc/sys/net && mount -o remount,bind,ro /proc/sys/net";
      const { status, stdout } = inside(0, `${mounted} && ${words.join(" ")} ${script} ${then}; code=$?; umount /proc/sys/net; exit $code`);
      return { status, stdout };
    };
    expect(readOnly(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(0);
    expect(holds()).toEqual({ secondsLeft: null });
    vip(`remove ${cluster} ${address} ''`);
    inside(1, `ip addr add ${address}/128 dev eth0 nodad`);
    expect(readOnly(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(76);
    expect(inside(0, `ip -o addr show to ${address}`).stdout).toBe("");
    inside(1, `ip addr del ${address}/128 dev eth0`);
  });

  it.skipIf(!isIpv6)("says so where IPv6 is switched off", () => {
    const off = "/proc/sys/net/ipv6/conf/eth0/disable_ipv6";
    inside(0, `echo 1 >${off}`);
    expect(parseProbe(vip(`probe ${cluster} ${address} eth0`).stdout)).toMatchObject({ device: true, ipv6Off: true });
    expect(vip(`grant ${cluster} ${address} eth0 forever 0`).status).toBe(78);
    inside(0, `echo 0 >${off}`);
    expect(parseProbe(vip(`probe ${cluster} ${address} eth0`).stdout)).toMatchObject({ device: true, ipv6Off: false });
  });
});
