/** The fault injectors themselves: each does what it is called, and leaves nothing behind when it is healed. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Auditor } from "../auditor/index.ts";
import { holdsAt } from "../auditor/intervals.ts";
import * as addresses from "../faults/addresses.ts";
import { configBroken } from "../faults/config.ts";
import * as containers from "../faults/containers.ts";
import * as network from "../faults/network.ts";
import { Chance } from "../faults/random.ts";
import * as services from "../faults/services.ts";
import { during, type Fault, type Stage } from "../faults/stage.ts";
import { auditLab } from "../support/audit.ts";
import { Daemon } from "../support/daemon.ts";
import { provideImage } from "../support/images.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const run = promisify(execFile);
const obstacle = await labObstacle();

test("chance repeats itself, and goes everywhere", () => {
  const draw = (seed: number): string => {
    const chance = new Chance(seed);
    return Array.from({ length: 50 }, () => chance.pick(["a", "b", "c"])).join("");
  };
  expect(draw(1)).toBe(draw(1));
  expect(draw(1)).not.toBe(draw(2));
  expect(new Set(draw(3))).toEqual(new Set(["a", "b", "c"]));
});

describe.skipIf(obstacle !== undefined)("a fault", () => {
  const lab = withLab({ nodes: 2 });
  let auditor: Auditor;
  let stage: Stage;
  let vip: string;

  beforeAll(async () => {
    auditor = await auditLab(lab, { vip: true });
    stage = {
      lab,
      auditor,
      daemon: new Daemon({ config: lab.status().config }),
      limits: { cluster: lab.name, twoCopiesMs: 0, misplacedMs: 0 },
    };
    ({ vip_ip: vip } = JSON.parse(readFileSync(lab.status().config, "utf8")) as { vip_ip: string });
    const image = join(lab.status().dir, "nodes/n1/root/var/tmp/app");
    provideImage(lab.status().dir, "app", image);
    await lab.inside("n1", "docker build -q -t app /var/tmp/app && docker run -d --name app -p 8080:80 app");
  });
  afterAll(() => auditor.stop());

  const yes = (words: readonly string[]): Promise<boolean> =>
    run(words[0] ?? "", words.slice(1)).then(
      () => true,
      () => false,
    );
  const address = (node: string): string => lab.node(node).address;
  const controllerReaches = (): Promise<boolean> => yes(["ping", "-q", "-c", "1", "-W", "1", address("n1")]);
  const peerReaches = (): Promise<boolean> =>
    lab.inside("n2", `ping -q -c 1 -W 1 ${address("n1")} >/dev/null && echo yes || :`).then((text) => text !== "");
  const sshAnswers = (): Promise<boolean> => says(22, "SSH-");
  const dockerAnswers = (): Promise<boolean> =>
    lab.inside("n1", "timeout 5 docker version >/dev/null 2>&1 && echo yes || :").then((text) => text !== "");
  const appAnswers = (): Promise<boolean> => says(8080, "HTTP/1");
  /** What the port says when it is spoken to. */
  const says = (port: number, words: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: address("n1"), port });
      let said = "";
      socket.setTimeout(5000, () => socket.destroy());
      socket.on("connect", () => socket.write(port === 22 ? "" : "GET / HTTP/1.0\r\n\r\n"));
      socket.on("data", (chunk) => {
        said += chunk.toString();
        socket.destroy();
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve(said.includes(words));
      });
    });
  const cases: [Fault, Record<string, () => Promise<unknown>>, unknown[]][] = [
    [network.isolate("n1"), { controllerReaches, peerReaches }, [false, false]],
    [network.cutFromController("n1"), { controllerReaches, peerReaches }, [false, true]],
    [network.muteToController("n1"), { controllerReaches, peerReaches }, [false, true]],
    [network.deafToController("n1"), { controllerReaches, peerReaches }, [false, true]],
    [network.cutManyFromController(["n1", "n2"]), { controllerReaches, peerReaches }, [false, true]],
    [network.isolateController, { controllerReaches, peerReaches }, [false, true]],
    [network.linkDown("n1"), { controllerReaches, peerReaches }, [false, false]],
    [services.stopped("n1", "sshd"), { sshAnswers, dockerAnswers, appAnswers }, [false, true, true]],
    [services.killed("n1", "sshd"), { sshAnswers, dockerAnswers }, [false, true]],
    [services.hung("n1", "sshd"), { sshAnswers, dockerAnswers }, [false, true]],
    [services.listenerHung("n1"), { sshAnswers }, [false]],
    [services.hung("n1", "dockerd"), { sshAnswers, dockerAnswers, appAnswers }, [true, false, true]],
    [containers.portDropped("n1", 8080), { appAnswers, sshAnswers }, [false, true]],
    [addresses.primaryRemoved("n1"), { controllerReaches, peerReaches }, [false, false]],
  ];

  test.each(cases.map(([fault, ...rest]) => [fault.name, fault, ...rest] as const))(
    "%s",
    async (_, fault, probes, bad) => {
      const look = (): Promise<unknown[]> => Promise.all(Object.values(probes).map((probe) => probe()));
      const good = bad.map(() => true);
      await expect.poll(look, { timeout: 20_000 }).toEqual(good);
      await during(stage, fault, async () => {
        expect(await look()).toEqual(bad);
      });
      await expect.poll(look, { timeout: 20_000 }).toEqual(good);
    },
  );

  const inside = (node: string, script: string): Promise<string> => lab.inside(node, `{ ${script}; } 2>&1 || :`);

  test("of a container: killed, deaf, its port taken by a process or by a stranger", async () => {
    const state = (): Promise<string> => inside("n1", "docker inspect -f '{{.State.Running}}' app");
    await during(stage, containers.containerKilled("n1", "app"), async () => {
      expect(await state()).toBe("false\n");
    });
    await lab.inside("n1", "docker start app");
    await expect.poll(appAnswers, { timeout: 10_000 }).toBe(true);
    await during(stage, containers.portClosed("n1", "app"), async () => {
      expect([await state(), await appAnswers()]).toEqual(["true\n", false]);
    });
    await lab.inside("n1", "docker restart -t 1 app");
    await expect.poll(appAnswers, { timeout: 10_000 }).toBe(true);
    for (const fault of [containers.portTaken("n1", 9090), containers.portTakenByStranger("n1", 9090)]) {
      const start = "docker run --rm -p 9090:80 app true";
      await during(stage, fault, async () => {
        expect(await inside("n1", start)).toMatch(/address already in use|port is already allocated/);
      });
      expect(await inside("n1", start)).toBe("");
    }
  });

  test("of power and Docker: what ran has ended", async () => {
    const looks: [Fault, string][] = [
      [services.killed("n1", "dockerd"), "Cannot connect"],
      [services.stopped("n1", "dockerd"), "Cannot connect"],
    ];
    for (const [fault, words] of looks) {
      await during(stage, fault, async () => {
        expect(await inside("n1", "docker ps")).toContain(words);
      });
      expect(await dockerAnswers()).toBe(true);
    }
    await lab.inside("n1", "docker start app");
    await during(stage, services.powerLoss("n1"), async () => {
      expect(await controllerReaches()).toBe(false);
    });
    expect(await lab.inside("n1", "docker inspect -f '{{.State.ExitCode}}' app")).toBe("255\n");
  });

  test("of a disk: nothing can be built until it has room again", async () => {
    await lab.inside(
      "n2",
      "mkdir -p /root/one && cp $(command -v busybox) /root/one/ && printf 'FROM scratch\\nCOPY busybox /\\n' >/root/one/Dockerfile",
    );
    await during(stage, containers.diskFull("n2", 64), async () => {
      expect(await inside("n2", "docker build -q /root/one")).toContain("no space left on device");
    });
    expect(await inside("n2", "docker build -q /root/one")).toMatch(/^sha256:/m);
  });

  test("of the address: a stranger's, added, removed; no arping", async () => {
    const holders = async (): Promise<string[]> => {
      const picture = await auditor.picture();
      return [...picture.holders].filter(([, spans]) => holdsAt(spans, picture.end - 0.001)).map(([node]) => node);
    };
    const answers = async (): Promise<number> =>
      (await auditor.picture()).entries.filter((entry) => entry.kind === "arp").length;
    const before = await answers();
    await during(stage, addresses.addressTaken(), async () => {
      await expect.poll(answers, { timeout: 10_000 }).toBeGreaterThan(before);
      expect(await holders()).toEqual([]);
    });
    await during(stage, addresses.addressAdded("n2", 24), () => expect.poll(holders).toEqual(["n2"]));
    await lab.inside("n1", `ip address add ${vip}/32 dev eth0; ip address del ${vip}/24 dev eth0 || :`);
    await lab.inside("n2", `ip address del ${vip}/24 dev eth0 || :`);
    await during(stage, addresses.addressRemoved("n1"), () => expect.poll(holders).toEqual([]));
    await during(stage, addresses.arpingMissing("n1"), async () => {
      expect(await inside("n1", "arping -V; busybox arping")).toMatch(/Permission denied[^]*Permission denied/);
    });
    expect(await inside("n1", "arping -V")).toContain("arping from");
  });

  test("of a loose plug: the link has gone and come, and is there when it is healed", async () => {
    const changes = async (): Promise<number> =>
      Number(await lab.inside("n1", "cat /sys/class/net/eth0/carrier_changes"));
    const before = await changes();
    await during(stage, network.flapping("n1", 50), () => expect.poll(changes).toBeGreaterThan(before + 3));
    expect(await lab.inside("n1", "cat /sys/class/net/eth0/carrier")).toBe("1\n");
  });

  test("of the config: it does not parse, and nobody takes that for pictl's work", async () => {
    const { config } = lab.status();
    const text = readFileSync(config, "utf8");
    await during(stage, configBroken, async () => {
      expect(() => JSON.parse(readFileSync(config, "utf8")) as unknown).toThrow();
      await expect.poll(async () => (await auditor.picture()).configs.at(-1)?.problem).toBeTruthy();
    });
    expect(readFileSync(config, "utf8")).toBe(text);
    expect((await auditor.verdict(stage.limits)).filter((line) => line.includes("torn"))).toEqual([]);
  });
});
