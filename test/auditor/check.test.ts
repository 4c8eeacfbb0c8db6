import { describe, expect, test } from "vitest";
import { check, tell } from "./check.ts";
import { type CopySeen, type Entry, type Mark, sorted } from "./history.ts";
import { doubledMs, downtimes, growth, outages, percentile, takeoverMs, unheld } from "./measures.ts";
import { pictureOf } from "./picture.ts";
import type { Limits } from "./rules/violation.ts";

const limits: Limits = { cluster: "ours", twoCopiesMs: 2000, misplacedMs: 1000 };
const withVip = (mode: "static" | "lease"): Limits => ({
  ...limits,
  vip: { mode, twoHoldersMs: 3000, leaseSeconds: 15 },
});

/** A container's looks: `web` of ours, id = name@node unless said otherwise. */
const copies = (at: number, node: string, ...list: Partial<CopySeen>[]): Entry => ({
  kind: "copies",
  at,
  node,
  copies: list.map((copy) => ({
    id: `web@${node}`,
    name: "web",
    cluster: "ours",
    container: "web",
    generation: 1,
    running: true,
    ...copy,
  })),
});
const event = (at: number, node: string, action: string, id = `web@${node}`, type = "container"): Entry => ({
  kind: "docker",
  at,
  node,
  type,
  action,
  id,
  name: "web",
});
const config = (at: number, node: string | null): Entry => ({
  kind: "config",
  at,
  sha256: `${at}`,
  problem: node === null ? "Unexpected end" : null,
  placements: node === null ? [] : [{ container: "web", node }],
});
const mark = (from: number, to: number | null, kind: Mark["mark"], name: string, more: Partial<Mark> = {}): Entry[] => {
  const words = { kind: "mark", mark: kind, name, ...more } as const;
  if (to === null) return [{ ...words, at: from, phase: "point" }];
  return [
    { ...words, at: from, phase: "begin" },
    { ...words, at: to, phase: "end" },
  ];
};
const holds = (at: number, node: string, is: boolean): Entry => ({ kind: "holding", at, node, holds: is });
const address = (at: number, node: string, more: object = {}): Entry => ({
  kind: "address",
  at,
  node,
  change: "set",
  address: "10.0.0.9/32",
  device: "eth0",
  validSeconds: 15,
  ...more,
});
const end = (at: number): Entry => ({ kind: "mark", at, mark: "note", phase: "point", name: "end" });

function found(entries: Entry[], within: Limits = limits): string[] {
  const history = sorted(entries);
  return tell(check(history, within), history);
}

describe("two copies", () => {
  const both = [
    copies(0, "n1", {}),
    copies(1000, "n2", { generation: 2 }),
    copies(6000, "n2", { generation: 2, running: false }),
  ];

  test("are told with their time, nodes and generations", () => {
    expect(found(both)).toEqual([
      "1.000 s two-copies: web ran 2 times: web@n1 (generation 1, web@n1), web@n2 (generation 2, web@n2) for 5.000 s",
    ]);
  });

  test("may be while one node, or the controller, is out of reach, and for as long as a tick after", () => {
    const cut = mark(500, 4500, "fault", "n2 cut", { nodes: ["n2"] });
    expect(found([...both, ...cut])).toEqual([]);
    expect(found([...both, ...mark(500, 5000, "fault", "killed", { nodes: ["controller"] })])).toEqual([]);
    expect(found([...both, ...mark(500, 5000, "fault", "n3 cut", { nodes: ["n3"] })])).toHaveLength(1);
    expect(found([...both, ...mark(500, 3000, "fault", "n2 cut", { nodes: ["n2"] })])).toEqual([
      expect.stringMatching(/^3\.000 s two-copies: .* for 3\.000 s \(during: n2 cut\)$/),
    ]);
  });

  test("between two looks are known from events; a power loss ends what runs", () => {
    const quick = [
      copies(0, "n1", {}),
      copies(0, "n2", { running: false }),
      event(1000, "n2", "start"),
      event(1050, "n2", "die"),
      end(2000),
    ];
    expect(found(quick, { ...limits, twoCopiesMs: 10 })).toEqual([expect.stringContaining("for 0.050 s")]);
    const dead: Entry = { kind: "power", at: 1100, node: "n1", on: false };
    expect(found([copies(0, "n1", {}), dead, copies(1200, "n2", {}), end(9000)])).toEqual([]);
  });

  test("of different clusters, or of a container that is on several nodes on purpose, are none", () => {
    const other = [copies(0, "n1", {}), copies(0, "n2", { cluster: "theirs" }), end(9000)];
    expect(found(other)).toEqual([]);
    expect(found(both, { ...limits, several: ["web"] })).toEqual([]);
  });
});

describe("a lost container", () => {
  test("is one that no disk holds, until it is no longer wanted", () => {
    const gone = [copies(0, "n1", {}), copies(1000, "n1"), copies(3000, "n2", {}), copies(4000, "n2"), end(5000)];
    expect(found([...gone, ...mark(3500, null, "removed", "deleted", { containers: ["web"] })])).toEqual([
      "1.000 s lost: no node had a copy of web for 2.000 s",
    ]);
  });

  test("is not one that stopped, or whose node has no power", () => {
    const dead: Entry = { kind: "power", at: 2000, node: "n1", on: false };
    expect(found([copies(0, "n1", {}), copies(1000, "n1", { running: false }), dead, end(9000)])).toEqual([]);
  });
});

describe("the config", () => {
  test("always parses, but for a test's own edits", () => {
    expect(found([config(0, "n1"), config(1000, null), end(2000)])).toEqual([
      "1.000 s torn-config: the config did not parse: Unexpected end",
    ]);
    const hand = mark(900, 1100, "by-hand", "broken", { nodes: ["config"] });
    expect(found([config(0, "n1"), config(1000, null), ...hand, end(2000)])).toEqual([]);
  });

  test("says where a container runs, a moment after a move at the latest", () => {
    const moved = [copies(0, "n1", {}), config(0, "n1"), copies(1000, "n1"), copies(1000, "n2", {}), end(5000)];
    expect(found([...moved, config(1500, "n2")])).toEqual([]);
    expect(found([...moved, config(4000, "n2")])).toEqual([
      "1.000 s misplaced: the config says web is on n1, it ran on n2 for 3.000 s",
    ]);
    const blind = mark(1200, 3800, "fault", "killed", { nodes: ["controller"] });
    expect(found([...moved, config(4000, "n2"), ...blind])).toEqual([]);
  });
});

describe("a settled point", () => {
  const at = (...entries: Entry[]): string[] => found([...entries, ...mark(5000, null, "settled", "over"), end(6000)]);

  test("is right with one running copy where the config says", () => {
    expect(at(copies(0, "n1", {}), config(0, "n1"))).toEqual([]);
  });

  test("is wrong with a stopped copy, a left-over, another node, or no copy", () => {
    expect(at(copies(0, "n1", { running: false }), config(0, "n1"))).toEqual([
      "5.000 s not-settled: over: web does not run: web@n1 (stopped)",
    ]);
    expect(at(copies(0, "n1", {}), copies(0, "n2", { running: false, name: "web.old" }), config(0, "n1"))).toEqual([
      "5.000 s not-settled: over: web has 2 copies: web@n1, web.old@n2 (stopped)",
    ]);
    expect(at(copies(4500, "n2", {}), config(0, "n1"), config(5100, "n2"))).toEqual([
      "5.000 s not-settled: over: web runs on n2, the config says n1",
    ]);
  });

  test("needs a holder of the virtual address", () => {
    expect(found([holds(0, "n1", false), ...mark(1000, null, "settled", "over"), end(2000)], withVip("lease"))).toEqual(
      ["1.000 s not-settled: over: the virtual address is on no node"],
    );
  });
});

test("in a quiet span nothing of ours changes", () => {
  const entries = [copies(0, "n1", {}), copies(0, "n2", { id: "x", cluster: null }), config(0, "n1"), end(9000)];
  const quiet = mark(1000, 5000, "quiet", "blind");
  const noise = [
    event(2000, "n1", "stop"),
    event(3000, "n2", "stop", "x"),
    config(4000, "n1"),
    event(6000, "n1", "start"),
  ];
  expect(found([...entries, ...quiet, ...noise])).toEqual([
    "2.000 s not-quiet: blind: stop of web on n1",
    "4.000 s not-quiet: blind: the config was written (4000)",
  ]);
  const hand = mark(1500, 2500, "by-hand", "stop", { nodes: ["n1"] });
  expect(found([...entries, ...quiet, ...hand, event(2000, "n1", "stop")])).toEqual([]);
});

describe("what is not ours", () => {
  const stranger = [
    copies(0, "n1", { cluster: null, container: null, name: "db" }),
    ...mark(10, null, "stranger", "db", { nodes: ["n1"], containers: ["db"] }),
    event(950, "n1", "die"),
    event(1000, "n1", "destroy"),
    copies(1090, "n1"),
    end(2000),
  ];

  test("is neither stopped nor removed, but by the test", () => {
    expect(found(stranger)).toEqual([
      "0.950 s stranger-touched: db@n1, not ours, was stopped",
      "1.000 s stranger-touched: db@n1, not ours, was removed",
    ]);
    expect(found([...stranger, ...mark(900, 1050, "by-hand", "rm", { nodes: ["n1"] })])).toEqual([]);
  });

  test("volumes never go, and no secret is in a command line", () => {
    const secret: Entry = { kind: "secret", at: 20, pid: 7, commandLine: "docker login -p canary" };
    expect(found([event(10, "n1", "destroy", "data", "volume"), secret])).toEqual([
      "0.000 s volume-removed: volume web of n1 was removed",
      "0.010 s secret-in-argv: process 7: docker login -p canary",
    ]);
  });
});

describe("the virtual address", () => {
  const twice = [holds(0, "n1", true), holds(0, "n2", false), address(1000, "n2"), holds(3500, "n1", false), end(9000)];

  test("is never on two nodes in lease mode, whatever is broken", () => {
    const cut = mark(500, 5000, "fault", "n1 cut", { nodes: ["n1"] });
    expect(found([...twice, ...cut], withVip("lease"))).toEqual([
      "1.000 s two-holders: n1 and n2 both had the virtual address for 2.500 s (during: n1 cut)",
    ]);
  });

  test("may stay on an isolated node in static mode, and a moment after", () => {
    expect(found(twice, withVip("static"))).toHaveLength(1);
    expect(found([...twice, ...mark(500, 2000, "fault", "n1 cut", { nodes: ["n1"] })], withVip("static"))).toEqual([]);
    const long = [
      holds(0, "n1", true),
      address(1000, "n2"),
      ...mark(500, 2000, "fault", "cut", { nodes: ["n1"] }),
      end(9000),
    ];
    expect(found(long, withVip("static"))).toEqual([expect.stringMatching(/^5\.000 s two-holders: .* for 4\.000 s/)]);
  });

  test("ends by the kernel's word, and stays while another prefix length of it is there", () => {
    const removed = { change: "removed" };
    const entries = [
      address(0, "n1"),
      address(0, "n1", { address: "10.0.0.9/24" }),
      address(1000, "n1", { ...removed, address: "10.0.0.9/24" }),
      address(2000, "n1", removed),
      end(3000),
    ];
    expect(pictureOf(entries).holders.get("n1")).toEqual([{ from: 0, to: 2000 }]);
    expect(unheld(pictureOf(entries))).toEqual([{ from: 2000, to: 3000 }]);
  });

  test("has a form, and in lease mode an end", () => {
    const odd = [
      address(0, "n1", { address: "10.0.0.9/24" }),
      address(1, "n1", { validSeconds: null }),
      address(2, "n1", { validSeconds: 16 }),
    ];
    expect(found(odd, withVip("lease"))).toEqual([
      "0.000 s address-form: n1 got 10.0.0.9/24",
      "0.001 s address-form: n1 got 10.0.0.9/32 for ever",
      "0.002 s address-form: n1 got 10.0.0.9/32 for 16 s",
    ]);
    expect(found([address(1, "n1", { validSeconds: null })], withVip("static"))).toEqual([]);
    const frozen = mark(0, 5, "frozen", "stopped");
    expect(found([address(1, "n1", { validSeconds: null }), ...frozen], withVip("lease"))).toEqual([]);
  });

  test("is answered for by one machine; one after the other is a takeover", () => {
    const reply = (at: number, mac: string): Entry => ({ kind: "arp", at, mac });
    expect(found([reply(0, "a"), reply(250, "a"), reply(500, "b"), reply(750, "b")], withVip("lease"))).toEqual([]);
    expect(found([reply(0, "a"), reply(2, "b"), reply(250, "a")], withVip("lease"))).toEqual([
      "0.002 s two-answers: a and b answered for it",
    ]);
  });

  test("has outages as the client saw them, and takeover times", () => {
    const probe = (at: number, by: string | null, tookMs = 1): Entry => ({
      kind: "probe",
      at,
      ok: by !== null,
      by,
      tookMs,
    });
    const probes = [probe(0, "n1"), probe(250, null), probe(500, null), probe(750, "n2", 300), probe(1000, "n2", 60)];
    const picture = pictureOf(sorted([...probes, holds(0, "n1", true), address(700, "n2"), end(1100)]));
    expect(outages(picture)).toEqual([{ from: 1, to: 1050, durationMs: 799, before: "n1", after: "n2" }]);
    expect(takeoverMs(picture, 200, "n1")).toBe(500);
    expect(takeoverMs(picture, 800, "n1")).toBeUndefined();
  });
});

test("measures: what was away, what ran twice, what grew", () => {
  const entries = [
    copies(0, "n1", {}),
    copies(1000, "n2", {}),
    copies(2000, "n1", { running: false }),
    copies(4000, "n2", { running: false }),
    end(5000),
  ];
  expect(downtimes(pictureOf(entries), "web")).toEqual([{ from: 4000, to: 5000 }]);
  expect(doubledMs(pictureOf(entries), "web")).toBe(1000);
  const used = (at: number, rssBytes: number): Entry => ({
    kind: "usage",
    at,
    pid: 9,
    rssBytes,
    descriptors: 20,
    sockets: 3,
  });
  const usage = [used(1, 100), used(2, 110), used(3, 105), used(4, 200), used(5, 160), used(6, 160)];
  expect(growth(usage, 9)).toEqual({ rssBytes: 60, descriptors: 0, sockets: 0 });
  expect(() => growth(usage, 8)).toThrow("0 samples of process 8");
  expect([percentile([5, 1, 3], 0.5), percentile([1, 2, 3, 4], 0.95), percentile([], 0.95)]).toEqual([3, 4, 0]);
});
