import { expect, test } from "vitest";
import { forgetNode, lookBehind, rememberMade } from "../../src/app/node/left-behind.ts";
import type { Engine, Ports } from "../../src/app/ports.ts";
import { watchLeaving } from "../../src/daemon/leaving.ts";
import type { Config } from "../../src/domain/config/types.ts";
import type { ContainerFacts } from "../../src/domain/docker/facts.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { InhabitedNodes } from "../../src/domain/node/left-behind.ts";
import { fakeClock } from "../fakes/clock.ts";
import { config, node } from "../fakes/config.ts";
import { containerFacts } from "../fakes/facts.ts";

const of = (...names: string[]): Config => config({ nodes: names.map((name) => node(name)) });
const other = containerFacts({ name: "other", labels: {} });

/** Nodes with what is on them; those without an entry do not answer. */
function cluster(on: Record<string, readonly ContainerFacts[]>) {
  let saved: InhabitedNodes | undefined;
  const told: string[] = [];
  const asked: string[] = [];
  const ports: Pick<Ports, "inhabited" | "engines" | "signal" | "clock" | "events" | "actor"> = {
    inhabited: {
      read: () => Promise.resolve(saved),
      update: (change) => Promise.resolve((saved = change(saved))),
    },
    engines: {
      on: ({ name }) => {
        asked.push(name);
        const containers = on[name];
        if (!containers) return Promise.reject(new PictlError("node-unreachable", "It does not answer."));
        return Promise.resolve({ containers: () => Promise.resolve(containers) } as Partial<Engine> as Engine);
      },
    },
    signal: new AbortController().signal,
    clock: fakeClock,
    events: {
      cluster: "default",
      append: (event) => Promise.resolve(void told.push(`${event.type} ${String(event.node)}: ${String(event.error)}`)),
      read: () => {
        throw new RangeError("nobody reads events here");
      },
    },
    actor: { who: "daemon", cause: "test" },
  };
  return { ports, on, told, asked, saved: () => saved?.map(({ name, containers }) => [name, ...containers]) };
}

test("a node that leaves the config is asked once, and what is still there is told with the way out", async () => {
  const { ports, told, asked } = cluster({ n1: [], n2: [containerFacts(), other] });
  const heed = watchLeaving(ports);
  await heed(of("n1", "n2"));
  expect([asked, told]).toEqual([[], []]);
  await heed(of("n1"));
  await heed(of("n1"));
  expect(asked).toEqual(["n2"]);
  expect(told).toEqual([
    "node.left-behind n2: The node is not in the config any more, and these containers of the cluster are still there: web. " +
      "Put the node and these containers back into the config and take it out with `pictl node remove n2 --move`; or remove them there by hand: " +
      "`docker rm -f web`.",
  ]);
});

test("one with nothing of ours, or that has another name now, is not told", async () => {
  const { ports, told, saved } = cluster({ n1: [containerFacts()], n2: [other] });
  const heed = watchLeaving(ports);
  await heed(of("n1", "n2"));
  await heed(config({ nodes: [{ ...node("renamed"), address: "n1" }] }));
  expect([told, saved()]).toEqual([[], []]);
});

test("a command remembers without a daemon, until nothing is there, and also of a node that does not answer", async () => {
  const { ports, on, saved } = cluster({ n1: [] });
  const status = async (now: Config): Promise<string[]> =>
    (await lookBehind(ports, { config: now, found: new Map() })).map(({ message }) => message);
  await rememberMade(ports, of("n1", "n2"), [
    { node: "n1", container: "api", changed: true },
    { node: "n2", container: "web", changed: true },
    // A dry run has made nothing.
    { node: "n2", container: "cron", changed: false },
  ]);
  const known = [
    ["n1", "api"],
    ["n2", "web"],
  ];
  expect([await status(of("n1", "n2")), saved()]).toEqual([[], known]);
  expect(await status(of("n1"))).toEqual([
    "The node is not in the config any more and does not answer; when pictl last looked, these containers of the cluster were there: web.",
  ]);
  on["n2"] = [containerFacts({ name: "db" })];
  expect(await status(of("n1"))).toEqual([expect.stringMatching(/are still there: db\.$/)]);
  on["n2"] = [other];
  expect([await status(of("n1")), saved()]).toEqual([[], [["n1", "api"]]]);
});

test("one that is taken out with what is there is forgotten, and no other", async () => {
  const { ports, saved } = cluster({});
  await rememberMade(ports, of("n1", "n2"), [
    { node: "n1", container: "api", changed: true },
    { node: "n2", container: "web", changed: true },
  ]);
  await forgetNode(ports, "n2");
  expect(saved()).toEqual([["n1", "api"]]);
});
