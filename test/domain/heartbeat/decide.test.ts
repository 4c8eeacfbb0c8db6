import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Config } from "../../../src/domain/config/types.ts";
import { noGenerations, withPlaced } from "../../../src/domain/container/copies/generations.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { decide } from "../../../src/domain/heartbeat/decide.ts";
import type { Action, Decision } from "../../../src/domain/heartbeat/decision.ts";
import type { NodeFacts, RoundFacts } from "../../../src/domain/heartbeat/facts.ts";
import { type Memory, noMemory } from "../../../src/domain/heartbeat/memory.ts";
import { subjects } from "../../../src/domain/heartbeat/checks/subjects.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { copy, dockerSilent, refused, silent, up } from "./facts.ts";

const web = copy("web", "w", 1);
const cluster = config({
  nodes: ["n1", "n2", "n3", "n4", "n5"].map((name) => node(name)),
  placements: [placement("web", "n1")],
  constraints: [{ container: "web", hosts: ["n1", "n2", "n3"] }],
});
const dead = silent({ missed: ["n4", "n5"] });
const others = { n2: up(), n3: up(), n4: up(), n5: up() };

interface Seen extends Partial<RoundFacts> {
  readonly ok?: boolean;
}

function round(
  at: number,
  { ok = true, nodes = { n1: up(web), ...others }, ...rest }: Seen = {},
  of: Config = cluster,
): RoundFacts {
  const checks = subjects(of).map((each) => ({ ...each, ok, message: ok ? "" : "refused", durationMs: 1 }));
  return {
    at: at * 1000,
    nodes,
    checks,
    busy: new Set(),
    underWay: [],
    generations: noGenerations,
    stalled: false,
    ...rest,
  };
}

/** What follows from these rounds, one every 30 s. */
function after(rounds: readonly Seen[], of: Config = cluster): Decision {
  let decision: Decision = { memory: noMemory, actions: [], events: [], rows: [], changes: [] };
  rounds.forEach((each, index) => {
    decision = decide(of, decision.memory, round(index * 30, each, of));
  });
  return decision;
}

const deeds = ({ actions }: Pick<Decision, "actions">): readonly string[] => actions.map(({ do: what }) => what);
const failing = { ok: false };
const nodeDead = { ok: false, nodes: { n1: dead, ...others } };

describe("a failing container", () => {
  test("is restarted where it is, and after three failures in a row goes to another host", () => {
    expect(deeds(after([{}]))).toEqual([]);
    expect(after([{}, failing]).actions).toEqual([
      { do: "restart", container: "web", node: "n1", cause: "1 failed heartbeat: refused" },
    ]);
    expect(deeds(after([{}, failing, failing]))).toEqual(["restart"]);
    expect(after([{}, failing, failing, failing]).actions).toEqual([
      {
        do: "fail-over",
        container: "web",
        from: "n1",
        nodeDead: false,
        hosts: ["n2", "n3"],
        cause: "3 failed heartbeats: refused",
      },
    ]);
  });

  test("is started when it does not run, and created when it is not there", () => {
    const stopped = { ok: false, nodes: { n1: up({ ...web, state: "exited" as const }), ...others } };
    expect(deeds(after([stopped]))).toEqual(["start"]);
    expect(deeds(after([{ ok: false, nodes: { n1: up(), ...others } }]))).toEqual(["create"]);
  });

  test("that succeeds once is counted from the beginning, also while something is done to it", () => {
    const busy = new Set(["web"]);
    for (const success of [{}, { busy }]) {
      const { actions, rows } = after([failing, failing, success, failing, failing]);
      expect(deeds({ actions })).not.toContain("fail-over");
      expect(rows).toMatchObject([{ failures: 2 }]);
    }
  });

  test("is left alone while something is done to it, and its count stays", () => {
    const { actions, rows } = after([failing, failing, { ok: false, busy: new Set(["web"]) }]);
    expect(actions).toEqual([]);
    expect(rows).toMatchObject([{ failures: 2, decision: "something is being done to it" }]);
  });

  test("that is not ours is never touched", () => {
    const foreign = { ok: false, nodes: { n1: up({ ...web, labels: {} }), ...others } };
    const { actions, rows } = after([foreign]);
    expect(actions).toEqual([]);
    expect(rows).toMatchObject([{ decision: "nothing: a container of that name is not ours" }]);
  });

  test("is restarted with growing pauses where it may not move", () => {
    const fixed = { ...cluster, constraints: [], heartbeat: { ...cluster.heartbeat, checks: subjects(cluster) } };
    const restarts = Array.from({ length: 20 }, (_, index) =>
      deeds(after(Array<Seen>(index + 1).fill(failing), fixed)),
    );
    expect(restarts.map((each) => (each[0] === "restart" ? "R" : "-")).join("")).toBe("RRR-R---R---------R-");
  });
});

describe("a container that was started a moment ago", () => {
  const portOf = (grace?: number): Config => ({
    ...cluster,
    heartbeat: {
      ...cluster.heartbeat,
      checks: [
        { container: "web", node: "n1", check: { kind: "tcp", port: 80, ...(grace === undefined ? {} : { grace }) } },
      ],
    },
  });
  /** Rounds every five seconds; the numbers say for how many seconds it has been up. */
  const young = (ups: readonly number[], of: Config = portOf(), parts: Partial<ContainerFacts> = {}) => {
    let decision: Decision = { memory: noMemory, actions: [], events: [], rows: [], changes: [] };
    const all = ups.map((seconds, index) => {
      const container = { ...web, statusText: `Up ${String(seconds)} seconds`, ...parts };
      const seen = { ok: false, nodes: { n1: up(container), ...others } };
      decision = decide(of, decision.memory, { ...round(0, seen, of), at: index * 5000 });
      return deeds(decision)[0] ?? "-";
    });
    return { deeds: all.join(" "), last: decision };
  };

  test("is not restarted before its grace has ended, and says so once", () => {
    expect(young([2, 7, 12, 17, 22, 27]).deeds).toBe("- - - - - -");
    expect(young([2, 7, 12, 17, 22, 27, 32]).deeds).toBe("- - - - - - restart");
    expect(young([2]).last).toMatchObject({
      events: [
        {
          type: "heartbeat.starting",
          container: "web",
          error: "refused; it has been up for 2 s and has 30 s to come up",
        },
      ],
      rows: [{ failures: 0, decision: "nothing: it has been up for 2 s and has 30 s to come up" }],
    });
    expect(young([2, 7]).last.events).toEqual([]);
    expect(young([2, 7, 12, 17], portOf(10_000)).deeds).toBe("- - restart -");
    expect(young([2], portOf(0)).deeds).toBe("restart");
  });

  test("has failed all along when it was we who restarted it, so that a failover takes no longer for it", () => {
    expect(young([400, 2, 7, 12, 17, 22, 27, 32]).deeds).toBe("restart - - - - - - fail-over");
  });

  test("is no longer young when it ends and is started again and again", () => {
    expect(young([1, 2, 3, 1, 2, 3, 1]).deeds).toBe("- - - - - - restart");
  });

  test("is waited for while its HEALTHCHECK has not decided, which Docker bounds", () => {
    const health: Partial<ContainerFacts> = { health: "starting", statusText: "Up 20 minutes (health: starting)" };
    const rounds = Array.from({ length: 100 }, () => 0);
    const byDocker: Config = {
      ...cluster,
      heartbeat: { ...cluster.heartbeat, checks: [{ container: "web", node: "n1", check: { kind: "docker" } }] },
    };
    expect(new Set(young(rounds, byDocker, health).deeds.split(" "))).toEqual(new Set(["-"]));
    // Who also has a port is not waited for as long as a HEALTHCHECK of an hour.
    expect(young(rounds, portOf(), health).deeds.split(" ").indexOf("restart")).toBe(60);
  });
});

test("while the config file is broken nothing fails over, which is said; restarting goes on", () => {
  const broken: Seen = { ...failing, configProblem: "line 3 is wrong" };
  const third = after([{}, broken, broken, broken]);
  expect(third.events.filter(({ type }) => type === "failover.refused")).toMatchObject([
    {
      container: "web",
      node: "n1",
      after: { rule: "config-broken" },
      error: "the config file is broken and is not overwritten, and a failover has to write it: line 3 is wrong",
    },
  ]);
  expect(deeds(third)).not.toContain("fail-over");
  expect(deeds(after([{}, broken, broken, broken, failing]))).toEqual(["fail-over"]);
});

describe("a check that could not be made", () => {
  test("says nothing about the container", () => {
    const impossible = round(0, failing);
    const checks = impossible.checks.map((each) => ({ ...each, message: "ping: not found", cannotTell: true }));
    const decision = decide(cluster, noMemory, { ...impossible, checks });
    expect(decision).toMatchObject({
      actions: [],
      events: [{ type: "heartbeat.check-impossible", error: "ping: not found" }],
      rows: [{ failures: 0, decision: "nothing: check-impossible" }],
    });
  });
});

describe("a dead node", () => {
  test("gives its container away after three rounds, and only to hosts that answer", () => {
    expect(deeds(after([{}, nodeDead, nodeDead]))).toEqual([]);
    const some = { ...nodeDead, nodes: { ...nodeDead.nodes, n2: dockerSilent } };
    expect(after([{}, nodeDead, nodeDead, some]).actions).toMatchObject([{ hosts: ["n3"], nodeDead: true }]);
    const none = { ...nodeDead, nodes: { ...nodeDead.nodes, n2: dockerSilent, n3: refused } };
    expect(after([{}, nodeDead, nodeDead, none]).rows).toMatchObject([
      { decision: "waits: its node is dead; no failover: none of n2, n3 answers with a working Docker" },
    ]);
  });

  test.each<[string, NodeFacts, string]>([
    ["refuses us", refused, "node-refused"],
    ["is reached by others", silent({ missed: ["n4"], seen: ["n5"] }), "partial-partition"],
    ["has a Docker that does not answer", dockerSilent, "docker-silent"],
  ])("is none that %s: nothing is counted", (_what, facts, rule) => {
    const unsure = { ok: false, nodes: { n1: facts, ...others } };
    const { actions, rows, events } = after([{}, failing, ...Array<Seen>(9).fill(unsure)]);
    expect(actions).toEqual([]);
    expect(rows).toMatchObject([{ failures: 1, decision: `nothing: ${rule}` }]);
    // A state that lasts is told once.
    expect(events).toEqual([]);
  });

  test("keeps a container whose data lies on it, unless other nodes see the same data", () => {
    const withData = (shared: boolean): Config => ({
      ...cluster,
      placements: [placement("web", "n1", { args: ["-v", "data:/data"], shared })],
    });
    const rounds = [{}, nodeDead, nodeDead, nodeDead];
    expect(deeds(after(rounds, withData(false)))).toEqual([]);
    expect(deeds(after(rounds, withData(true)))).toEqual(["fail-over"]);
  });

  test("keeps a container for whose data only its image declares a volume, as was seen before the node died", () => {
    const volumes = [{ name: "f".repeat(64), target: "/data" }];
    const seen = { nodes: { ...others, n1: up({ ...web, volumes }) } };
    const gone = { nodes: { ...others, n1: up() } };
    const refused = after([seen, gone, nodeDead, nodeDead, nodeDead]);
    expect(refused.actions).toEqual([]);
    expect(refused.events).toContainEqual(
      expect.objectContaining({
        type: "failover.refused",
        after: { rule: "local-data" },
        error: expect.stringContaining("on its node: a volume without a name (at /data); say") as string,
      }),
    );
    const shared = { ...cluster, placements: [placement("web", "n1", { shared: true })] };
    expect(deeds(after([seen, nodeDead, nodeDead, nodeDead], shared))).toEqual(["fail-over"]);
    // The next copy of it has none any more.
    expect(deeds(after([seen, {}, nodeDead, nodeDead, nodeDead]))).toEqual(["fail-over"]);
  });
});

describe("who cannot trust what it sees", () => {
  const alone = { n1: silent(), n2: silent(), n3: silent(), n4: silent(), n5: silent() };

  test("does nothing when it is cut off, says so once, and counts from the beginning afterwards", () => {
    const cutOff = { ok: false, nodes: alone };
    const first = after([failing, failing, cutOff]);
    expect(first).toMatchObject({ actions: [], memory: { trials: {} } });
    expect(first.events.map(({ type }) => type)).toContain("controller.isolated");
    expect(after([failing, failing, cutOff, cutOff]).events).toEqual([]);
    expect(deeds(after([failing, failing, cutOff, failing, failing]))).toEqual([]);
    expect(after([failing, failing, cutOff, failing, failing, failing])).toMatchObject({
      actions: [{ do: "restart" }],
      rows: [{ failures: 1 }],
    });
  });

  test("does nothing after it stood still, and counts from the beginning", () => {
    const stalled = after([failing, failing, { ok: false, stalled: true }]);
    expect(stalled).toMatchObject({ actions: [], memory: { trials: {} }, events: [{ type: "heartbeat.restarted" }] });
    expect(deeds(after([failing, failing, { ok: false, stalled: true }, failing]))).toEqual(["restart"]);
  });
});

describe("a node that comes back", () => {
  test("loses the old copy of what has moved on", () => {
    const moved = { ...cluster, placements: [placement("web", "n2")] };
    const nodes = { ...others, n1: up(web), n2: up(copy("web", "new", 2)) };
    expect(after([{ nodes }], moved).actions).toMatchObject([{ do: "clean-up", node: "n1", id: "w" }]);
    expect(after([{ nodes, busy: new Set(["web"]) }], moved).actions).toEqual([]);
  });

  test("loses a newer copy when the layout had it there and has gone back", () => {
    const nodes = { ...others, n1: up(web), n2: up(copy("web", "new", 2)) };
    const generations = withPlaced(noGenerations, "web", 2);
    expect(after([{ nodes, generations }]).actions).toMatchObject([{ do: "clean-up", node: "n2", id: "new" }]);
  });

  test("keeps a newer copy that this layout never had, which is told once", () => {
    const nodes = { ...others, n1: up(web), n2: up(copy("web", "new", 2)) };
    const told = (rounds: readonly Seen[]): readonly string[] => after(rounds).events.map(({ type }) => type);
    expect(after([{ nodes }]).actions).toEqual([]);
    expect(told([{ nodes }])).toEqual(["heartbeat.unknown-copy"]);
    expect(told([{ nodes }, { nodes }])).toEqual([]);
    expect(told([{ nodes, busy: new Set(["web"]) }])).toEqual([]);
  });

  test("gets its containers started, when that is asked for, and what runs is left alone", () => {
    const auto = {
      ...cluster,
      autostartContainers: true,
      constraints: [],
      placements: [placement("web", "n1"), placement("db", "n1"), placement("x", "n2")],
    };
    const stopped = up({ ...web, state: "exited" as const });
    const back = [{}, { nodes: { n1: dead, ...others } }, { nodes: { n1: stopped, ...others } }];
    expect(after(back, auto).actions).toMatchObject([
      { do: "start", container: "web", node: "n1" },
      { do: "create", container: "db", node: "n1" },
    ]);
    expect(after([...back, { nodes: { n1: stopped, ...others } }], auto).actions).toEqual([]);
    expect(after(back, { ...auto, autostartContainers: false }).actions).toEqual([]);
  });
});

test("property: one action a container at most; nothing on nodes that do not answer, nothing for the busy, nothing foreign", () => {
  const facts = fc.constantFrom<NodeFacts>(
    up(web),
    up({ ...web, state: "exited" }),
    up({ ...web, labels: {} }),
    up(),
    dead,
    silent(),
    silent({ seen: ["n5"] }),
    refused,
    dockerSilent,
  );
  const seen = fc.record({
    ok: fc.boolean(),
    busy: fc.boolean(),
    stalled: fc.integer({ max: 9, min: 0 }).map((number) => number === 0),
    nodes: fc.record({ n1: facts, n2: facts, n3: facts, n4: facts, n5: facts }),
  });
  const auto = { ...cluster, autostartContainers: true };
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 12 }), (rounds) => {
      let memory: Memory = noMemory;
      let row = 0;
      rounds.forEach(({ ok, busy, stalled, nodes }, index) => {
        const decision = decide(
          auto,
          memory,
          round(index * 30, { ok, stalled, nodes, busy: new Set(busy ? ["web"] : []) }, auto),
        );
        row = ok || stalled ? 0 : row + 1;
        const { actions } = decision;
        if (busy || stalled || decision.memory.isolated) expect(actions).toEqual([]);
        expect(new Set(actions.map(targetOf)).size).toBe(actions.length);
        for (const action of actions) {
          if (action.do === "fail-over") {
            expect(row).toBeGreaterThanOrEqual(3);
            for (const host of action.hosts) expect(nodes[host as "n1"].state).toBe("up");
          } else expect(nodes[action.node as "n1"].state).toBe("up");
          if (action.do === "clean-up" || action.do === "fail-over") continue;
          const found = nodes[action.node as "n1"];
          const foreign = found.state === "up" && found.containers.some(({ labels }) => !labels["io.pictl.cluster"]);
          expect(foreign).toBe(false);
        }
        // What is kept over a restart is plain JSON.
        expect(JSON.parse(JSON.stringify(decision.memory))).toEqual(decision.memory);
        ({ memory } = decision);
      });
    }),
    { numRuns: 300 },
  );
});

function targetOf(action: Action): string {
  return action.do === "clean-up" ? `${action.container} ${action.id}` : action.container;
}

describe("a container that is to be left alone", () => {
  const mark = { id: "w", container: "web", cluster: "test", by: "pi@desk", at: "2026-01-31T10:00:00Z", volume: "v" };
  const ended = copy("web", "w", 1, { state: "exited", exitCode: 0 });
  const marked: NodeFacts = { state: "up", bootId: "boot", containers: [ended], stopped: [mark] };
  const stopped: Seen = { ok: false, nodes: { ...others, n1: marked } };

  test("somebody has stopped it: it is not started, and does not move when its node dies", () => {
    const decided = after([{}, stopped, stopped, stopped, stopped, nodeDead, nodeDead, nodeDead, nodeDead]);
    expect([deeds(decided), decided.events]).toEqual([[], []]);
    expect(decided.rows).toMatchObject([
      { decision: "nothing: stopped by pi@desk at 2026-01-31T10:00:00Z", failures: 0 },
    ]);
    const [before] = [after([{}, stopped]), after([stopped], { ...cluster, autostartContainers: true })];
    expect([deeds(before), before.events]).toEqual([[], []]);
  });

  test("a mark on another container of that name, or on one that runs, means nothing", () => {
    const other: NodeFacts = { ...marked, stopped: [{ ...mark, id: "before" }] };
    expect(deeds(after([{}, { ok: false, nodes: { ...others, n1: other } }]))).toEqual(["start"]);
    const runs: NodeFacts = { ...marked, containers: [web] };
    expect(deeds(after([{}, { ok: false, nodes: { ...others, n1: runs } }]))).toEqual(["restart"]);
  });

  test("a copy runs where the layout does not have it: told once, and neither started nor moved", () => {
    const elsewhere = (generation: number, n1: NodeFacts): Seen => ({
      ok: false,
      nodes: { ...others, n1, n2: up(copy("web", "other", generation)) },
    });
    const generations = withPlaced(noGenerations, "web", 7);
    const rounds = (one: Seen): Decision => after([one, one, one, one].map((each) => ({ ...each, generations })));
    for (const one of [elsewhere(5, up()), elsewhere(7, dead), elsewhere(1, up(ended))]) {
      expect(deeds(rounds(one))).toEqual([]);
      expect(after([one]).events.map(({ type }) => type)).toContain("heartbeat.runs-elsewhere");
      expect(rounds(one).events).toEqual([]);
    }
    // An older one is not what anybody waits for.
    expect(deeds(rounds(elsewhere(0, up(ended))))).toContain("fail-over");
    expect(deeds(rounds(elsewhere(6, dead)))).toContain("fail-over");
  });

  test("what is meant to end is neither started nor moved", () => {
    const once = { ...cluster, placements: [placement("web", "n1", { oneOff: true })], autostartContainers: true };
    expect(subjects(once)).toEqual([]);
    const check = { container: "web", node: "n1", check: { kind: "docker" as const } };
    const watched = { ...once, heartbeat: { ...once.heartbeat, checks: [check] } };
    const decided = after([{ ok: false, nodes: { ...others, n1: up(ended) } }], watched);
    expect([deeds(decided), decided.rows[0]?.decision]).toEqual([[], "nothing: it is done"]);
  });
});

describe("who is told that checks fail", () => {
  const changes = ({ changes: all }: Decision) =>
    all.map(({ type, node: where, containers }) => `${type} ${containers.join("+")}@${where}`);

  test("is told when they begin to, not in every round", () => {
    const told = [1, 2, 3, 4].map((rounds) => changes(after(Array.from({ length: rounds }, () => nodeDead))));
    expect(told).toEqual([["heartbeat.failed web@n1"], [], [], []]);
    expect(changes(after([nodeDead, nodeDead, {}]))).toEqual(["heartbeat.recovered web@n1"]);
  });

  test("is told the end by a daemon that was started meanwhile, and not the beginning again", () => {
    const before = after([failing, failing]);
    const memory = { ...before.memory, trials: {} };
    const again = decide(cluster, memory, round(60, failing));
    expect(changes(again)).toEqual([]);
    const good = decide(cluster, { ...again.memory, trials: {} }, round(90, {}));
    expect(changes(good)).toEqual(["heartbeat.recovered web@n1"]);
    expect(good.events.map(({ type }) => type)).toEqual(["heartbeat.recovered"]);
  });

  test("nothing is told by what stood still or is cut off", () => {
    const before = after([{}, failing]);
    expect(decide(cluster, before.memory, round(60, { stalled: true })).changes).toEqual([]);
  });
});
