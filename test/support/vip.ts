/** Scenes for the virtual IP: a lab, its daemon and an auditor that watches the address, begun anew for each test. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import { holdsAt } from "../auditor/intervals.ts";
import type { Limits } from "../auditor/rules/violation.ts";
import { beforeGrantFile } from "../faults/network.ts";
import { settle, type Stage, until } from "../faults/stage.ts";
import { auditLab } from "./audit.ts";
import { pictl } from "./cli.ts";
import { Daemon, type PictlEvent } from "./daemon.ts";
import { labObstacle, withLab } from "./lab.ts";
import type { TestLab } from "./test-lab.ts";

export interface VipSceneConfig {
  /** The lab's own one if missing; nodes are given an address of an IPv6 one's network too. */
  readonly ip?: string;
  readonly mode: "static" | "lease";
  /** How often candidates are looked at, and for how long a lease is given, in milliseconds. */
  readonly tickMs: number;
  readonly leaseMs: number;
  /** What every candidate has to be able to ping; nothing if missing. */
  readonly slave?: string;
  /** The network device of a node, where it is not eth0. */
  readonly devices?: Readonly<Record<string, string>>;
  /** The daemon runs from the sources, with the failpoint of `cutBeforeGrant` in it. */
  readonly failpoint?: boolean;
}

export interface VipScene extends Stage {
  readonly ip: string;
  readonly settings: VipSceneConfig;
  events(type?: string): PictlEvent[];
  /** Who has the address now, as the nodes' kernels say. */
  holders(): Promise<string[]>;
  /** Waits until exactly these have it. */
  held(by: readonly string[], withinMs?: number): Promise<void>;
  /** `pictl vip move`, again until the daemon knows enough to do it; resolves when it is done. */
  move(to: string): Promise<void>;
  end(): Promise<void>;
}

/** A tick every two seconds leaves a busy machine one to answer in. */
export const fast = { tickMs: 2000, leaseMs: 6000 };

/** From a holder's death to the next one's grant, at most; what a busy machine adds is in it. */
export function takeoverLimitMs({ mode, tickMs, leaseMs }: VipSceneConfig): number {
  return mode === "lease" ? leaseMs + 6000 : 3 * tickMs + 2000;
}

/** A lab of three nodes without Docker, and `scene`, which registers a test that must end with nothing to tell. */
export async function withVipScenes(
  name: string,
  register: (
    lab: TestLab,
    scene: (
      title: string,
      config: VipSceneConfig,
      play: (scene: VipScene) => Promise<void>,
      prepare?: () => Promise<unknown>,
    ) => void,
  ) => void,
): Promise<void> {
  const obstacle = await labObstacle({ docker: false });
  describe.skipIf(obstacle !== undefined)(name, () => {
    const lab = withLab({ nodes: 3, docker: false });
    register(lab, (title, config, play, prepare) => {
      test(title, async () => {
        await prepare?.();
        const scene = await openVipScene(lab, config);
        try {
          await play(scene);
          await settle(scene, title);
          const told = await scene.auditor.verdict(scene.limits);
          if (told.length > 0) throw new Error(`the auditor tells:\n${told.join("\n")}\n${lastWords(scene)}`);
        } finally {
          await scene.end();
        }
      });
    });
  });
}

/** Nodes without the address and without a promise to anybody, a new config; its daemon begun and the address given. */
export async function openVipScene(lab: TestLab, settings: VipSceneConfig): Promise<VipScene> {
  const { config, dir } = lab.status();
  const ip = writeConfig(lab, settings);
  await Promise.all(
    lab.status().nodes.map(({ node }, index) => lab.inside(node, `${forget(ip)}; ${joinNetwork(ip, index)}`)),
  );
  for (const state of ["state", "state-second"]) rmSync(join(dir, state), { recursive: true, force: true });
  const auditor = await auditLab(lab, { vip: true });
  const daemon = new Daemon({
    config,
    env: { BEFORE_GRANT: beforeGrantFile(lab) },
    preload: settings.failpoint === true ? [join(import.meta.dirname, "../faults/before-grant.ts")] : [],
    onStart: (pid) => {
      auditor.watch(pid);
    },
  });
  const limits: Limits = {
    cluster: lab.name,
    twoCopiesMs: 0,
    misplacedMs: 0,
    vip: { mode: settings.mode, twoHoldersMs: settings.tickMs + 2000, leaseSeconds: settings.leaseMs / 1000 },
  };
  const holders = async (): Promise<string[]> => {
    const picture = await auditor.picture();
    return [...picture.holders].filter(([, spans]) => holdsAt(spans, picture.end - 0.001)).map(([node]) => node);
  };
  const scene: VipScene = {
    lab,
    auditor,
    daemon,
    limits,
    ip,
    settings,
    events: (type) => daemon.events(type),
    holders,
    held: (by, withinMs = 30_000) =>
      until(
        { daemon },
        `${by.join(" and ") || "nobody"} has the address`,
        async () => {
          const found = (await holders()).sort().join(" and ");
          return found === [...by].sort().join(" and ") ? undefined : `${found || "nobody"} has it`;
        },
        { withinMs },
      ),
    move: (to) =>
      until({ daemon }, `the address is moved to ${to}`, async () => {
        const { code, stderr } = await pictl(["vip", "move", to], { config });
        return code === 0 ? undefined : stderr;
      }),
    end: async () => {
      await daemon.kill();
      await auditor.stop();
    },
  };
  try {
    await daemon.start();
    await scene.held(["n1"]);
    return scene;
  } catch (error) {
    await scene.end();
    throw error;
  }
}

function lastWords({ daemon }: Pick<Stage, "daemon">): string {
  return daemon.log().split("\n").slice(-30).join("\n");
}

/** A node as it is before a daemon has ever spoken to it. */
function forget(ip: string): string {
  return `rm -rf /var/lib/pictl /run/pictl; until [ -z "$(ip -o address show to ${ip})" ]; do
    ip -o address show to ${ip} | while read -r _ device _ address _; do ip address del "$address" dev "$device"; done
  done`;
}

/** A lab's nodes have addresses of IPv4 only. */
function joinNetwork(ip: string, index: number): string {
  const own = `${ip.slice(0, ip.lastIndexOf(":"))}:${String(101 + index)}/64`;
  return ip.includes(":") ? `ip address replace ${own} dev eth0 nodad` : ":";
}

/** Gives the virtual address. */
function writeConfig(lab: TestLab, scene: VipSceneConfig): string {
  const { mode, tickMs, leaseMs, slave, devices = {} } = scene;
  const { config, nodes } = lab.status();
  const { vip_ip: known } = JSON.parse(readFileSync(config, "utf8")) as { vip_ip: string };
  const ip = scene.ip ?? known;
  const text = {
    cluster: lab.name,
    docker: "docker",
    layout: [],
    vip_ip: ip,
    vip: nodes.map(({ node }) => ({ node, vip_eth_device: devices[node] ?? "eth0", vip_ping_time: tickMs, slave })),
    vip_mode: mode,
    vip_lease: leaseMs,
    automatic_heartbeat: "disabled",
    ssh: { user: "root", identity_file: "key", known_hosts_file: "known_hosts" },
    nodes: Object.fromEntries(nodes.map(({ node, address }) => [node, { address }])),
    state_dir: "state",
  };
  writeFileSync(config, `${JSON.stringify(text, null, 2)}\n`, { mode: 0o600 });
  return ip;
}
