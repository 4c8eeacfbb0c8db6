import { expect, test } from "vitest";
import { parseProbe } from "../../src/domain/node/probe.ts";
import { failoverCandidates } from "../../src/watch/candidates.ts";
import type { Happening } from "../../src/watch/happening.ts";
import { config, node, placement } from "../fakes/config.ts";
import { answered, container, looked, lost, modelOf, startMs as t, state } from "./model.ts";

const cluster = config({
  nodes: [node("n1"), node("n2"), node("n3"), node("n4"), { ...node("n5"), cordoned: true }, node("n6")],
  placements: [
    { ...placement("web", "n1"), args: ["-p", "80:80"] },
    placement("db", "n1"),
    { ...placement("proxy", "n3"), args: ["-p", "80:8080"] },
  ],
  constraints: [{ container: "web", hosts: ["n1", "n2", "n3", "n4", "n5", "n6"] }],
});
/** Looked at, with that engine id and address. */
function of(name: string, id: string, address: string): readonly Happening[] {
  const probe = { ...parseProbe(""), addresses: ["127.0.0.1", "fe80::1", address] };
  const docker = looked(name, t, state(name === "n1" ? [container("web")] : []));
  if (docker.kind !== "docker-looked") throw new Error("it is one");
  return [answered(name, t, { probe }), { ...docker, info: { ...docker.info, id } }];
}

test("where a failover could go, the first choice first, and why not elsewhere", () => {
  const model = modelOf(cluster, [
    ...of("n1", "A", "10.0.0.1"),
    ...of("n2", "A", "10.0.0.2"),
    ...of("n3", "C", "10.0.0.3"),
    lost("n4", t, { message: "It does not answer within 3 s." }),
    ...of("n6", "A", "10.0.0.1"),
  ]);
  expect(failoverCandidates(model, { container: "web", node: "n1" })).toEqual([
    // An engine id that was copied with an SD card is another machine all the same.
    { node: "n2", reason: null },
    { node: "n3", reason: "The layout gives port 80 of n3 to proxy." },
    { node: "n4", reason: "n4: It does not answer within 3 s." },
    { node: "n5", reason: "n5 is cordoned." },
    { node: "n6", reason: "n6 is the same machine as n1." },
  ]);
});

test("what no row lets move has nowhere to go, and of who has not told yet nothing is said but that", () => {
  expect(failoverCandidates(modelOf(cluster), { container: "db", node: "n1" })).toEqual([]);
  expect(failoverCandidates(modelOf(cluster), { container: "web", node: "n1" })).toContainEqual({
    node: "n2",
    reason: "n2: It has not been looked at yet.",
  });
});
