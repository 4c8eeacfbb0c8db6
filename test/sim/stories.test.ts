/**
 * What a person reads in the event log, the warnings, the journal of moves and the shell history of the nodes while something
 * goes wrong: one story a file in `stories/`. When a text changes, read the difference, and accept it with `-u`.
 */
import { expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { happen } from "./history.ts";
import { controller } from "./network.ts";
import { readable } from "./readable.ts";

interface Story {
  readonly nodes?: readonly string[];
  /** Of the config, beside what all stories have. */
  readonly config?: object;
  readonly faults: readonly Fault[];
  readonly until?: number;
}

const intervalMs = 10_000;
/** After the third round: from then on it is known how things were when all was well. */
const well = 35_000;
const web = { args: "-p 8001:80", image: "busybox:1" };
const db = { args: "-v data:/data", image: "busybox:1" };
const cron = { args: "", image: "busybox:1" };

const usual = {
  cluster: "sim",
  automatic_heartbeat: true,
  heartbeat_interval: intervalMs,
  failover_policy: "spread",
  layout: [{ node: "n1", web, db, cron }, { node: "n2" }, { node: "n3" }],
  hb: [{ node: "n1", web: 8001 }],
  container_host_constraints: [{ container: "web,n1,n2,n3" }, { container: "db,n1,n3" }, { container: "cron,n1,n2" }],
};
const hooks = { on_failover: "/hook/all", on_heartbeat_failure: "/hook/all", on_move: "/hook/all" };

const lines = (...pairs: readonly (readonly [string, string])[]) =>
  pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
const off = (node: string, at: number, ms: number): Fault => ({ do: "power-off", at, for: ms, node });
/** The first call of the config's store only tries whether the file can be written. */
const calls = (what: string): { what: string; calls: number } => ({ what, calls: what === "write the config" ? 2 : 1 });
const move = (at: number, to: string, crash?: { what: string; calls: number }): Fault => ({
  ...{ do: "cli-move", at, for: 0, container: "web", to },
  crash: crash && { ...crash, side: "after" },
});

const stories: Readonly<Record<string, Story>> = {
  "a node dies and comes back": { faults: [off("n1", well, 100_000)], config: { hooks } },
  "a node dies, and the hooks that are to tell of it fail": {
    faults: [off("n1", well, 60_000)],
    config: { hooks: { on_failover: "/hook/fails", on_heartbeat_failure: "/hook/fails" } },
    until: 110_000,
  },
  "a node dies whose containers find no other": {
    faults: [
      off("n1", well, 90_000),
      { do: "no-images", at: 0, for: 200_000, node: "n2" },
      { do: "take-port", at: 0, for: 200_000, node: "n3", port: 8001 },
    ],
  },
  "two nodes die, one after the other": { faults: [off("n1", well, 300_000), off("n2", 120_000, 180_000)] },
  "containers crash where they are": {
    faults: [
      { do: "sick", at: well, for: 200_000, container: "web", how: "crashes", node: "n1" },
      { do: "exit", at: well + 1, for: 0, container: "web" },
      { do: "exit", at: well + 1, for: 0, container: "db" },
    ],
  },
  "a container crashes everywhere, and another answers nobody": {
    config: {
      layout: [{ node: "n1", web, api: { args: "-p 8002:80", image: "busybox:1" } }, { node: "n2" }, { node: "n3" }],
      hb: [{ node: "n1", web: 8001, api: 8002 }],
    },
    faults: [
      { do: "sick", at: well, for: 250_000, container: "web", how: "crashes", node: undefined },
      { do: "exit", at: well + 1, for: 0, container: "web" },
      { do: "sick", at: well, for: 250_000, container: "api", how: "deaf", node: undefined },
    ],
    until: 300_000,
  },
  "Docker hangs, and is killed": {
    faults: [
      { do: "docker", at: well, for: 60_000, node: "n1", how: "hangs" },
      { do: "docker", at: 150_000, for: 20_000, node: "n1", how: "is killed" },
    ],
  },
  "a node lets nobody in": {
    faults: [{ do: "refuse", at: well, for: 60_000, node: "n1" }, off("n1", well, 2000)],
  },
  "the controller is cut off": {
    faults: [
      { do: "cut", at: well, for: 60_000, lines: lines([controller, "n1"], [controller, "n2"], [controller, "n3"]) },
    ],
  },
  "only the line to a node is cut": {
    faults: [{ do: "cut", at: well, for: 60_000, lines: lines([controller, "n1"]) }],
  },
  "the line is cut as the new copy is started": {
    faults: [
      off("n1", well, 150_000),
      { do: "ambush", at: well, for: 40_000, what: "docker container run", commands: 1, bothWays: true },
    ],
  },
  "containers are removed, and one name is taken by somebody else": {
    faults: [
      { do: "remove", at: well, for: 0, container: "web" },
      { do: "remove", at: well, for: 0, container: "cron" },
      { do: "take-name", at: well + 1, for: 60_000, node: "n1", container: "cron" },
    ],
  },
  "the config is broken while a node is dead": {
    faults: [{ do: "break-config", at: well, for: 60_000 }, off("n1", well + 1, 150_000)],
  },
  "somebody moves an entry in the config": {
    faults: [{ do: "edit-layout", at: well, for: 60_000, container: "web", to: "n2", changesMind: false }],
  },
  "somebody moves an entry, and changes his mind": {
    faults: [{ do: "edit-layout", at: well, for: 40_000, container: "web", to: "n2", changesMind: true }],
  },
  "the daemon stands still while a node is dead": {
    faults: [{ do: "stop-daemon", at: well, for: 60_000 }, off("n1", well + 1, 120_000)],
  },
  "the daemon is told to leave in a failover": {
    faults: [off("n1", well, 200_000), { do: "terminate", at: 66_000, for: 20_000 }],
  },
  ...Object.fromEntries(
    ["journal: web switching", "write the config", "journal: web written"].map((what) => [
      `the daemon is killed after: ${what}`,
      {
        faults: [{ do: "crash", at: well, for: 20_000, ...calls(what), side: "after" }, off("n1", well, 150_000)],
      } as const,
    ]),
  ),
  "a move by hand, and a second one": { faults: [move(well, "n2"), move(70_000, "n1")], config: { hooks } },
  ...Object.fromEntries(
    ["journal: web begun", "journal: web switching", "container run", "write the config", "journal: web written"].map(
      (what) => [`a move by hand is killed after: ${what}`, { faults: [move(well, "n2", calls(what))] }],
    ),
  ),
  "the node that a container is moved from dies": {
    faults: [move(well, "n2", calls("write the config")), off("n1", well + 3000, 60_000)],
  },
  "the node that a container is moved to dies": {
    faults: [move(well, "n2", calls("container run")), off("n2", well + 5000, 60_000)],
  },
  "a move to a node where it does not come up": {
    faults: [{ do: "sick", at: 0, for: 200_000, container: "web", how: "crashes", node: "n2" }, move(well, "n2")],
  },
};

test.each(Object.entries(stories))(
  "%s",
  async (name, { nodes = ["n1", "n2", "n3"], config, faults, until = 200_000 }) => {
    const text = JSON.stringify({ ...usual, ...config });
    const told: string[] = [];
    const { violation } = await happen(
      { ...{ seed: "calm", cluster: "sim", nodes, text, intervalMs, faults }, quietAt: until },
      (line) => told.push(line.slice(11)),
    );
    expect(violation).toBeUndefined();
    const shown = told
      .filter((line) =>
        / ! | warns: | … |journal:|failed:|: done$|\$ docker container (create|start|stop|run|restart|rm|rename|kill)|^world/.test(
          line,
        ),
      )
      // What a container is run with is the domain's.
      .map((line) => readable(line.replace(/ --label .*/, " …").trimEnd()));
    await expect(`${shown.join("\n")}\n`).toMatchFileSnapshot(`stories/${name.replace(/[^a-z0-9]+/gi, "-")}.txt`);
  },
);
