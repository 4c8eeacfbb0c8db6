/** Scenes for failover tests: a lab, its daemon and an auditor, begun anew for each test. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";
import type { Limits } from "../auditor/rules/violation.ts";
import { type Patience, settle, type Stage, until } from "../faults/stage.ts";
import type { MoveStep } from "../../src/domain/move/journal.ts";
import { auditLab } from "./audit.ts";
import { pictl } from "./cli.ts";
import { Daemon, type PictlEvent } from "./daemon.ts";
import { imageNames, provideImage } from "./images.ts";
import { labObstacle, withLab } from "./lab.ts";
import type { TestLab } from "./test-lab.ts";

/** Milliseconds. */
export const INTERVAL = 1500;

export interface SceneConfig {
  /** Rows of the layout, in the order of the nodes n1, n2 … */
  readonly layout: readonly Readonly<Record<string, string | object>>[];
  readonly hb?: readonly Readonly<Record<string, string | object>>[];
  /** `app,n1,n2`: where containers may go. */
  readonly constraints?: readonly string[];
  /** More keys of the config. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Containers that are not created before the daemon starts. */
  readonly notCreated?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** One container `app` on n1 that may go anywhere, checked on its port. */
export const oneApp: SceneConfig = {
  layout: [{ app: "-p 8080:80" }, {}, {}],
  hb: [{ app: "8080" }, {}, {}],
  constraints: ["app,n1,n2,n3"],
};

export interface Scene extends Stage {
  /** Events of pictl's own log since the scene began, oldest first. */
  events(type?: string): PictlEvent[];
  /** The node that the config names for a container. */
  home(container: string): string | undefined;
  /** Moves under way, as pictl's journal has them. */
  journal(): string[];
  /** Resolves the moment the journal has a container's move at this step; `none`: it has ended. */
  reaches(container: string, step: MoveStep | "none"): Promise<void>;
  /** Waits until a container is in the layout of another node. */
  leaves(container: string, node: string, patience?: Patience): Promise<void>;
  lastWords(): string;
  end(): Promise<void>;
}

/**
 * A lab (of three nodes) with the images of `images/`, and `scene`, which registers a test with a lab as new: it ends
 * with everything settled, unless `settled` is false, and nothing for the auditor to tell.
 */
export async function withScenes(
  name: string,
  register: (
    lab: TestLab,
    scene: (
      name: string,
      config: SceneConfig,
      play: (scene: Scene) => Promise<void>,
      options?: { readonly settled?: boolean; readonly timeoutMs?: number },
    ) => void,
  ) => void,
  { nodes = 3 }: { readonly nodes?: number } = {},
): Promise<void> {
  const obstacle = await labObstacle();
  describe.skipIf(obstacle !== undefined)(name, () => {
    const lab = withLab({ nodes });
    register(lab, (title, config, play, { settled = true, timeoutMs = 180_000 } = {}) => {
      test(
        title,
        async () => {
          const scene = await openScene(lab, config);
          try {
            await play(scene);
            if (settled) await settle(scene, title);
            const told = await scene.auditor.verdict(scene.limits);
            if (told.length > 0) throw new Error(`the auditor tells:\n${told.join("\n")}\n${scene.lastWords()}`);
          } finally {
            await scene.end();
          }
        },
        timeoutMs,
      );
    });
  });
}

/** Empty nodes, a new config, no memory of what was before; its containers created and its daemon begun. */
async function openScene(lab: TestLab, wanted: SceneConfig): Promise<Scene> {
  const { config, dir } = lab.status();
  await Promise.all(lab.status().nodes.map(({ node }) => lab.inside(node, removeContainers)));
  rmSync(join(dir, "state"), { recursive: true, force: true });
  // Nodes build them when they need them.
  for (const name of imageNames) {
    const folder = join(dir, "docker", name);
    if (!existsSync(folder)) provideImage(dir, name, folder);
  }
  writeConfig(lab, wanted);
  const auditor = await auditLab(lab);
  const daemon = new Daemon({
    config,
    env: wanted.env ?? {},
    onStart: (pid) => {
      auditor.watch(pid);
    },
  });
  // A failover gives the new copy 30 s to do its work before the config names its node.
  const limits: Limits = { cluster: lab.name, twoCopiesMs: INTERVAL + 3000, misplacedMs: INTERVAL + 30_000 };
  try {
    if (wanted.notCreated !== true) {
      const created = await pictl(["create"], { config });
      if (created.code !== 0) throw new Error(`create: ${created.stderr}`);
    }
    await daemon.start();
    await until({ daemon }, "the first round", () => firstRound(join(dir, "state", `daemon-${lab.name}.json`)));
  } catch (error) {
    await daemon.kill();
    await auditor.stop();
    throw error;
  }
  const home = (container: string): string | undefined => placements(config).find(([, row]) => container in row)?.[0];
  return {
    lab,
    auditor,
    daemon,
    limits,
    events: (type) => daemon.events(type),
    home,
    journal: () => filesIn(join(dir, "state", `moves-${lab.name}`)),
    reaches: (container, step) => {
      const folder = join(dir, "state", `moves-${lab.name}`);
      const problem = (): string | undefined => {
        const now = stepOf(container, folder);
        return now === step ? undefined : `it is at ${now}`;
      };
      return until({ daemon }, `the move of ${container} is at ${step}`, problem, { everyMs: 1 });
    },
    leaves: (container, node, patience) =>
      until(
        { daemon },
        `${container} leaves ${node}`,
        () => (home(container) === node ? `it is on ${node}` : undefined),
        patience,
      ),
    lastWords: () => daemon.log().split("\n").slice(-30).join("\n"),
    end: async () => {
      await daemon.stop();
      await auditor.stop();
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Of its newest move. */
function stepOf(container: string, folder: string): string {
  const [name] = filesIn(folder)
    .filter((each) => each.startsWith(`${container}@`) && each.endsWith(".json"))
    .sort()
    .reverse();
  if (name === undefined) return "none";
  try {
    return (JSON.parse(readFileSync(join(folder, name), "utf8")) as { step: string }).step;
  } catch {
    return "none";
  }
}

/** A node remembers whom it promised to obey nobody else. */
const removeContainers =
  'ids=$(docker ps -aq); [ -z "$ids" ] || docker rm -f $ids >/dev/null; iptables -t raw -F PREROUTING; rm -rf /var/lib/pictl /run/pictl';

function firstRound(file: string): string | undefined {
  try {
    const state = JSON.parse(readFileSync(file, "utf8")) as { lastRound?: object };
    return state.lastRound === undefined ? "no round yet" : undefined;
  } catch (error) {
    return String(error);
  }
}

function placements(config: string): [string, Record<string, unknown>][] {
  const { layout } = JSON.parse(readFileSync(config, "utf8")) as { layout: Record<string, unknown>[] };
  return layout.map((row) => [String(row["node"]), row]);
}

/** A port of an entry is checked without the time that a start is given otherwise: these tests are about failing. */
function impatient(row: Readonly<Record<string, string | object>>): Readonly<Record<string, string | object>> {
  const entries = Object.entries(row).map(([container, check]) => {
    return [container, typeof check === "string" ? { check: "tcp", port: check, grace: 0 } : check];
  });
  return Object.fromEntries(entries) as Record<string, object>;
}

function writeConfig(lab: TestLab, { layout, hb = [], constraints = [], more = {} }: SceneConfig): void {
  const { config, nodes } = lab.status();
  const named = (rows: SceneConfig["layout"]): object[] =>
    nodes.map(({ node }, index) => ({ node, ...rows[index] })).filter((row) => Object.keys(row).length > 1);
  const text = {
    cluster: lab.name,
    docker: "docker",
    layout: nodes.map(({ node }, index) => ({ node, ...layout[index] })),
    hb: named(hb.map(impatient)),
    container_host_constraints: constraints.map((container) => ({ container })),
    automatic_heartbeat: "enabled",
    heartbeat_interval: INTERVAL,
    ssh: { user: "root", identity_file: "key", known_hosts_file: "known_hosts" },
    nodes: Object.fromEntries(nodes.map(({ node, address }) => [node, { address }])),
    state_dir: "state",
    ...more,
  };
  writeFileSync(config, `${JSON.stringify(text, null, 2)}\n`, { mode: 0o600 });
}
