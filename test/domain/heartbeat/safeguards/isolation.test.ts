import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeFacts } from "../../../../src/domain/heartbeat/facts.ts";
import { isolation } from "../../../../src/domain/heartbeat/safeguards/isolation.ts";
import type { Memory, NodeMemory } from "../../../../src/domain/heartbeat/memory.ts";
import { dockerSilent, refused, silent, up } from "../facts.ts";

const missed = silent({ missed: ["n1"] });
const seen = silent({ seen: ["n1"] });
const alone = silent();

function remembered(states: readonly NodeMemory["state"][]): Memory["nodes"] {
  return Object.fromEntries(states.map((state, index) => [`n${String(index + 1)}`, { state, since: 0, bootId: null }]));
}

function now(facts: readonly NodeFacts[]): Record<string, NodeFacts> {
  return Object.fromEntries(facts.map((each, index) => [`n${String(index + 1)}`, each]));
}

describe("a controller is cut off", () => {
  const wasUp = { nodes: remembered(["up", "up", "up", "up"]), isolated: null };
  test.each([
    ["all answer", [up(), up(), up(), up()], false],
    ["one is dead", [up(), missed, up(), up()], false],
    ["one is reached by others", [up(), seen, up(), up()], false],
    ["half of them fell silent at once", [up(), up(), missed, missed], false],
    ["more than half of them did", [up(), missed, missed, missed], true],
    ["nobody can be asked about a silent one", [refused, dockerSilent, refused, alone], true],
    ["all are silent", [alone, alone, alone, alone], true],
    ["a node refuses us, which is no silence", [refused, refused, refused, up()], false],
    ["Docker hangs, which is none either", [dockerSilent, dockerSilent, dockerSilent, up()], false],
  ])("when %s: %j", (_what, facts, expected) => {
    expect(isolation(wasUp, now(facts), 7)).toEqual(expected ? { since: 7, cleanRounds: 0 } : null);
  });

  test("not when nodes died one after the other", () => {
    const known = { nodes: remembered(["up", "silent", "silent", "silent"]), isolated: null };
    expect(isolation(known, now([up(), missed, missed, missed]), 7)).toBeNull();
  });

  test("until two rounds were clean, and from the beginning if it happens again", () => {
    let known = { nodes: remembered(["up", "up", "up"]), isolated: isolation(wasUp, now([alone, alone, alone]), 1) };
    const after = (facts: readonly NodeFacts[], at: number): Memory["isolated"] => {
      const isolated = isolation(known, now(facts), at);
      known = { nodes: remembered(facts.map((each) => each.state)), isolated };
      return isolated;
    };
    expect(after([up(), up(), up()], 2)).toEqual({ since: 1, cleanRounds: 1 });
    expect(after([alone, alone, alone], 3)).toEqual({ since: 1, cleanRounds: 0 });
    expect(after([up(), missed, missed], 4)).toEqual({ since: 1, cleanRounds: 0 });
    expect(after([up(), up(), missed], 5)).toEqual({ since: 1, cleanRounds: 1 });
    expect(after([up(), up(), up()], 6)).toEqual({ since: 1, cleanRounds: 2 });
    expect(after([up(), up(), up()], 7)).toBeNull();
  });
});

test("property: it ends only after three rounds in a row in which nothing speaks for it", () => {
  const facts = fc.constantFrom(up(), missed, seen, alone, refused, dockerSilent);
  const rounds = fc.array(fc.array(facts, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(rounds, (all) => {
      let known: Pick<Memory, "nodes" | "isolated"> = {
        nodes: remembered(["up", "up", "up"]),
        isolated: { since: 0, cleanRounds: 0 },
      };
      let clean = 0;
      for (const [index, round] of all.entries()) {
        const isolated = isolation(known, now(round), index);
        const quiet = round.filter((each) => each.state === "silent").length <= 1 && !round.includes(alone);
        clean = quiet ? clean + 1 : 0;
        if (isolated === null) {
          expect(clean).toBeGreaterThan(2);
          return;
        }
        expect(isolated.since).toBe(0);
        known = { nodes: remembered(round.map((each) => each.state)), isolated };
      }
    }),
  );
});
