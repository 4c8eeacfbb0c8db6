import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { labObstacle, withLab } from "../support/lab.ts";

const run = promisify(execFile);
const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("a lab with Docker", () => {
  const lab = withLab({ nodes: 3 });

  const ssh = async (node: string, command: string): Promise<string> => {
    const { dir } = lab.status();
    const options = [`UserKnownHostsFile=${join(dir, "known_hosts")}`, "BatchMode=yes", "ConnectTimeout=5"];
    const words = ["-F", "none", "-i", join(dir, "key"), ...options.flatMap((option) => ["-o", option])];
    const { stdout } = await run("ssh", [...words, `root@${lab.node(node).address}`, command]);
    return stdout.trim();
  };
  const ping = async (from: string, address: string): Promise<boolean> =>
    lab.inside(from, `ping -q -c 1 -W 1 ${address} >/dev/null && echo yes || echo no`).then((text) => text === "yes\n");
  const pingFromHere = (address: string): Promise<boolean> =>
    run("ping", ["-q", "-c", "1", "-W", "1", address]).then(
      () => true,
      () => false,
    );

  test("every node answers and says so", () => {
    const { nodes, switchPid, controller, subnet } = lab.status();
    expect(nodes.map(({ node, state, sshd, dockerd, cut }) => ({ node, state, sshd, dockerd, cut }))).toEqual(
      ["n1", "n2", "n3"].map((node) => ({ node, state: "running", sshd: true, dockerd: true, cut: [] })),
    );
    expect(switchPid).not.toBeNull();
    expect(controller).toBe(subnet.replace(/0\/24$/, "1"));
  });

  test("a node is a machine of its own", async () => {
    expect(await ssh("n1", "hostname; echo ~; ls -A ~; cat /sys/class/net/eth0/operstate; cat /proc/1/comm")).toBe(
      "n1\n/root\n.ssh\nup\nsh",
    );
    const [other] = (await ssh("n2", "cat /proc/sys/kernel/random/boot_id")).split("\n");
    expect(other).not.toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
    expect(await ssh("n1", "ps -e -o comm= | sort -u | grep -c dockerd")).toBe("1");
    expect(await ping("n1", "n3")).toBe(true);
  });

  test("nothing a node writes reaches this machine or another node", async () => {
    const paths = ["/etc", "/usr/local/bin", "/root", "/home", "/var/lib", "/var/tmp", "/tmp", "/run", "/srv"];
    const marks = paths.map((path) => `${path}/${lab.name}`);
    await ssh("n1", `for mark in ${marks.join(" ")}; do echo n1 >$mark || exit; done; useradd -m ${lab.name}`);
    expect(marks.filter((mark) => existsSync(mark))).toEqual([]);
    expect(readFileSync("/etc/passwd", "utf8")).not.toContain(lab.name);
    expect(await ssh("n2", `ls -d ${marks.join(" ")} 2>/dev/null; grep -c ${lab.name} /etc/passwd || true`)).toBe("0");
    expect(await ssh("n1", `touch /opt/${lab.name} 2>&1 || true`)).toContain("Read-only file system");
  });

  test("no password of this machine opens a node", async () => {
    expect(await ssh("n1", "cut -d: -f2 /etc/shadow | sort -u")).toMatch(/^(!\n)?\*$/);
  });

  test("containers run, publish ports, and are in the lab's control groups", async () => {
    await lab.inside(
      "n1",
      `mkdir /root/web && cp "$(command -v busybox)" /root/web/busybox && echo hello >/root/web/index.html`,
    );
    await lab.inside(
      "n1",
      `printf '%s\\n' 'FROM scratch' 'COPY . /' 'CMD ["/busybox","httpd","-f","-p","80"]' >/root/web/Dockerfile`,
    );
    await ssh("n1", "docker build -q -t web /root/web && docker run -d --name web -p 8080:80 web");
    const { address } = lab.node("n1");
    const page = (): Promise<string> =>
      run("busybox", ["wget", "-qO-", `http://${address}:8080/index.html`]).then(
        ({ stdout }) => stdout,
        () => "not yet",
      );
    await expect.poll(page, { timeout: 20_000 }).toBe("hello\n");
    const containerPid = await ssh("n1", "docker inspect -f '{{.State.Pid}}' web");
    expect(await lab.inside("n1", `cat /proc/${containerPid}/cgroup`)).toContain(`/pictl-lab/${lab.name}/n1/`);
    expect(await ssh("n2", "docker ps -aq")).toBe("");
  });

  test("a cut node reaches nobody and is reached by nobody until it is healed", async () => {
    const { address } = lab.node("n2");
    const { nodes } = await lab.cut("n2");
    expect(nodes[1]?.cut).toEqual(["controller", "n1", "n3"].map((peer) => ({ peer, direction: "both" })));
    expect(await Promise.all([pingFromHere(address), ping("n1", "n2"), ping("n2", "n1"), ping("n1", "n3")])).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect((await lab.cut("n2")).nodes).toEqual(nodes);
    expect((await lab.heal("n2")).nodes.flatMap((node) => node.cut)).toEqual([]);
    expect(await Promise.all([pingFromHere(address), ping("n1", "n2")])).toEqual([true, true]);
  });

  test("cut from the controller only, and from the other nodes only", async () => {
    const { address } = lab.node("n2");
    await lab.cut("n2", { from: "controller" });
    expect(await Promise.all([pingFromHere(address), ping("n1", "n2")])).toEqual([false, true]);
    await lab.heal("n2");
    await lab.cut("n2", { from: "nodes" });
    expect(await Promise.all([pingFromHere(address), ping("n1", "n2")])).toEqual([true, false]);
    await lab.heal();
    expect(await ping("n1", "n2")).toBe(true);
  });

  test("a one-way cut loses what the node sends and lets through what is sent to it", async () => {
    const echoes = (): Promise<number> =>
      lab.inside("n2", "awk '/^Icmp:/ { row = $10 } END { print row }' /proc/net/snmp").then(Number);
    // Entries for good, so that a lost ARP answer does not hide what is tested.
    const mac = (await lab.inside("n2", "cat /sys/class/net/eth0/address")).trim();
    await lab.inside("n1", `ip neighbour replace ${lab.node("n2").address} lladdr ${mac} dev eth0`);
    const before = await echoes();
    await lab.cut("n2", { from: "n1", oneWay: true });
    expect(await ping("n1", "n2")).toBe(false);
    expect(await echoes()).toBe(before + 1);
    expect(await ping("n1", "n3")).toBe(true);
    await lab.heal("n2");
    await lab.cut("n1", { from: "n2", oneWay: true });
    expect(await ping("n1", "n2")).toBe(false);
    expect(await echoes()).toBe(before + 1);
    await lab.heal();
  });

  test("a node notices when its port goes down", async () => {
    await lab.onSwitch("ip link set n3 down");
    try {
      expect((await lab.inside("n3", "cat /sys/class/net/eth0/carrier")).trim()).toBe("0");
    } finally {
      await lab.onSwitch("ip link set n3 up");
    }
    expect((await lab.inside("n3", "cat /sys/class/net/eth0/carrier")).trim()).toBe("1");
  });

  test("a node that is not there cannot be cut", async () => {
    await expect(lab.cut("n9")).rejects.toMatchObject({ code: "unknown-node", hint: "Its nodes are n1 to n3." });
    await expect(lab.cut("n1", { from: "n1" })).rejects.toMatchObject({ code: "usage" });
    await expect(lab.heal('n1"; flush ruleset; #')).rejects.toMatchObject({ code: "unknown-node" });
    await expect(lab.kill("controller")).rejects.toMatchObject({ code: "usage" });
  });

  test("a power loss ends everything without a word, and the node comes back as itself", async () => {
    const { address } = lab.node("n1");
    const virtual = address.replace(/\d+$/, "10");
    const identity = "cat /etc/ssh/ssh_host_ed25519_key.pub /sys/class/net/eth0/address; ls /usr/local/bin";
    const before = await ssh("n1", identity);
    const bootId = await ssh("n1", "cat /proc/sys/kernel/random/boot_id");
    await ssh(
      "n1",
      `ip address add ${virtual}/32 dev eth0; touch /run/gone; docker run -d --name old --restart=no -p 8081:80 web`,
    );
    expect(await pingFromHere(virtual)).toBe(true);
    const socket = connect(22, address);
    const heard: string[] = [];
    for (const event of ["end", "close", "error"]) socket.on(event, () => heard.push(event));
    await new Promise((resolve) => socket.once("data", resolve));

    const off = await lab.kill("n1");
    expect(off.nodes[0]).toMatchObject({ state: "stopped", pid: null, sshd: false, dockerd: false });
    expect(await Promise.all([pingFromHere(address), pingFromHere(virtual), ping("n2", "n1")])).toEqual([
      false,
      false,
      false,
    ]);
    expect(heard).toEqual([]);
    socket.destroy();

    const on = await lab.start("n1");
    expect(on.nodes[0]).toMatchObject({ state: "running", sshd: true, dockerd: true, address });
    expect(await ssh("n1", identity)).toBe(before);
    expect(await ssh("n1", "cat /proc/sys/kernel/random/boot_id")).not.toBe(bootId);
    expect(Number(await ssh("n1", "cut -d. -f1 /proc/uptime"))).toBeLessThan(
      Number(await ssh("n2", "cut -d. -f1 /proc/uptime")),
    );
    expect(await ssh("n1", "ls /run/gone 2>/dev/null || ip -o address show to " + virtual)).toBe("");
    expect(await ssh("n1", "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' old")).toBe("exited 255");
  });

  test("a service that has ended is started again, and the rest of the node goes on", async () => {
    const uptime = (await lab.inside("n3", "ps -o lstart= -p 1")).trim();
    await lab.inside("n3", 'kill -9 "$(pidof dockerd)"; while [ ! -e /run/dockerd.exit ]; do sleep 0.05; done');
    expect((await lab.refresh()).nodes[2]).toMatchObject({ sshd: true, dockerd: false });
    expect((await lab.start("n3")).nodes[2]).toMatchObject({ sshd: true, dockerd: true });
    await lab.inside("n3", 'kill -9 "$(cat /run/sshd.pid)"; while [ ! -e /run/sshd.exit ]; do sleep 0.05; done');
    expect((await lab.refresh()).nodes[2]).toMatchObject({ sshd: false, dockerd: true });
    expect((await lab.start("n3")).nodes[2]).toMatchObject({ sshd: true, dockerd: true });
    expect((await lab.inside("n3", "ps -o lstart= -p 1")).trim()).toBe(uptime);
  });

  test("orphans in a node are reaped", async () => {
    const orphan = await lab.inside("n3", "sh -c 'sleep 0.05 >/dev/null & echo $!'");
    const states = await lab.inside("n3", `while ps -o stat= -p ${orphan.trim()}; do sleep 0.02; done`);
    expect(states).not.toContain("Z");
  });
});
