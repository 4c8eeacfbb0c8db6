import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DoctorRow } from "../../src/app/doctor.ts";
import { nodeChecks } from "../../src/domain/doctor/check.ts";
import { candidateChecks } from "../../src/domain/doctor/vip.ts";
import Doctor from "../../commands/doctor.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("doctor", () => {
  const lab = withLab({ nodes: 3 });

  const doctor = async (words: string[] = [], config = lab.status().config) => {
    const document = documentOf(await runCommand(Doctor, [...words, "--json"], config)) as DocumentOf<{
      checks: DoctorRow[];
    }>;
    const find = (node: string, check: string): DoctorRow | undefined =>
      document.result.checks.find((row) => row.node === node && row.check === check);
    return { document, find, code: document.exitCode };
  };

  /** The lab's config with something changed in it, beside it: its paths are relative. */
  const variant = async (change: (config: { ssh: object; vip: object[] }) => object): Promise<string> => {
    const config = JSON.parse(await readFile(lab.status().config, "utf8")) as { ssh: object; vip: object[] };
    const path = join(dirname(lab.status().config), "variant.json");
    await writeFile(path, JSON.stringify(change(config)), { mode: 0o600 });
    return path;
  };

  test("a healthy cluster has every check of every node, and no problem", async () => {
    const { document, find, code } = await doctor();
    expect(document.failures).toEqual([]);
    expect(code).toBe(0);
    const checksOf = (node: string | null) =>
      document.result.checks.filter((row) => row.node === node).map((row) => row.check);
    // These are told only where something is wrong.
    const unlessWell = [
      "cordon",
      "podman-restart",
      "lingering",
      "userland",
      "flock",
      "vip-folders",
      "vip-conflict",
      "vip-stray",
      "cgroup-memory",
    ];
    const checks = nodeChecks.filter((check) => !unlessWell.includes(check));
    expect(checksOf("n1")).toEqual(checks);
    // No candidate of the virtual IP.
    expect(checksOf("n3")).toEqual(checks.filter((check) => !(candidateChecks as readonly string[]).includes(check)));
    expect(checksOf(null)).toEqual(["node-js", "ssh-client", "config-file", "state-dir"]);
    expect(find("n1", "address")?.message).toBe(`${lab.node("n1").address}:22`);
    expect(find("n1", "login")?.message).toMatch(/^as root, by key \//);
    expect(find("n1", "vip-device")?.message).toBe("eth0 is up");
    expect(find("n1", "vip-network")?.message).toMatch(/^10\.\S+ is in the network of 10\.\S+\/24$/);
    expect(find("n1", "clock")?.skewMs).toEqual(expect.any(Number));
    expect(find("n1", "docker-version")?.message).toMatch(/^\d+\.\d+/);
  });

  test("a device that systemd-networkd clears of other addresses is told of, until it is told to keep them", async () => {
    const device = async (): Promise<DoctorRow | undefined> => (await doctor(["n2"])).find("n2", "vip-device");
    // What systemd leaves on a node that it sets up; the lab has no systemd.
    await lab.inside(
      "n2",
      "mkdir -p /run/systemd/netif/links /etc/systemd/network/lan.network.d; " +
        "echo NETWORK_FILE=/etc/systemd/network/lan.network >/run/systemd/netif/links/$(cat /sys/class/net/eth0/ifindex); " +
        'printf "[Network]\\nDHCP=yes\\n" >/etc/systemd/network/lan.network',
    );
    onTestFinished(async () => {
      await lab.inside("n2", "rm -r /run/systemd/netif");
    });
    expect(await device()).toMatchObject({
      state: "warning",
      message: expect.stringContaining("systemd-networkd") as string,
      remedy: expect.stringContaining("KeepConfiguration=yes") as string,
    });
    await lab.inside(
      "n2",
      'printf "[Network]\\nKeepConfiguration=yes\\n" >/etc/systemd/network/lan.network.d/keep.conf',
    );
    expect((await device())?.state).toBe("ok");
  });

  test("people get a tree, without escape sequences where there is no terminal", async () => {
    const { stdout, stderr, code } = await runCommand(Doctor, ["n1"], lab.status().config);
    expect(code).toBe(0);
    expect(stdout).toContain("n1\n  ✓ address         ");
    expect(stdout).toMatch(/1 node: (all is well|\d+ warnings?)\.\n$/);
    expect(stdout + stderr).not.toContain("\u001b");
  });

  test("an unknown host key is 4, and nothing else of the node is guessed at", async () => {
    const config = await variant((found) => ({
      ...found,
      ssh: { ...found.ssh, known_hosts_file: "none" },
    }));
    const { document, find, code } = await doctor(["n2"], config);
    expect(code).toBe(4);
    expect(document.failures).toMatchObject([{ code: "host-key-unknown", node: "n2" }]);
    expect(find("n2", "ssh")?.state).toBe("ok");
    expect(find("n2", "host-key")).toMatchObject({
      state: "problem",
      remedy: expect.stringContaining("pictl node trust n2") as string,
    });
    expect(find("n2", "docker")).toMatchObject({ state: "skipped", message: "no connection" });
  });

  test("a device that is not there is a problem of the candidate, told once", async () => {
    const config = await variant((found) => ({
      ...found,
      vip: found.vip.map((row) => ({ ...row, vip_eth_device: "eth7" })),
    }));
    const { document, code } = await doctor(["n1", "n3"], config);
    expect(code).toBe(1);
    expect(document.failures).toMatchObject([
      { code: "check-failed", node: "n1", message: "vip-device: there is no network device eth7." },
    ]);
    const { stderr, stdout } = await runCommand(Doctor, ["n1"], config);
    expect(stdout).toContain("✗ vip device      there is no network device eth7");
    expect(stderr).toBe("");
  });

  test("a login shell that talks and dawdles is a warning", async () => {
    await lab.inside("n1", "echo 'echo hello from the profile; sleep 0.6' > $HOME/.bashrc || true");
    try {
      const shell = (await doctor(["n1"])).find("n1", "shell");
      expect(shell).toMatchObject({
        state: "warning",
        message: expect.stringContaining("hello from the profile") as string,
      });
      expect(shell?.durationMs).toBeGreaterThan(500);
    } finally {
      await lab.inside("n1", "rm -f $HOME/.bashrc");
    }
  });

  test("a dead dockerd is 1, a dead node is 3, and both are told with what to do", async () => {
    await lab.inside("n2", "kill $(cat /run/docker.pid) && while [ -e /run/docker.pid ]; do sleep 0.1; done");
    await lab.kill("n3");
    const started = performance.now();
    const { document, find, code } = await doctor();
    expect(code).toBe(3);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(document.failures.map(({ node, code: why }) => [node, why])).toEqual([
      ["n2", "docker-unavailable"],
      ["n3", "node-unreachable"],
    ]);
    expect(find("n2", "docker")?.state).toBe("ok");
    expect(find("n2", "docker-access")?.remedy).toContain("systemctl status docker");
    expect(find("n3", "ssh")?.remedy).toContain("Check that the machine is on");
    expect(find("n3", "memory")?.state).toBe("skipped");
    expect((await doctor(["n2"])).code).toBe(1);
  });
});
