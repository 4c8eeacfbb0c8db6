/** What a node is asked in a round, and what is made of its answers, on the simulated cluster. */
import { expect, test } from "vitest";
import type { KnownNodes } from "../../../../src/app/heartbeat/observe/look-at-node.ts";
import { gather, lookAtCluster } from "../../../../src/app/heartbeat/observe/look.ts";
import type { NodeFacts } from "../../../../src/domain/heartbeat/facts.ts";
import { app, Cluster } from "../../../sim/hands.ts";
import type { SimNode } from "../../../sim/node.ts";

const intervalMs = 30_000;

interface Seen {
  readonly facts: NodeFacts | undefined;
  /** What peers are told to try, should it fall silent. */
  readonly address: string | undefined;
  /** Each question to the node, with how long after the look began it was asked. */
  readonly asked: readonly string[];
}

/** One look after the other by one process, with what happens to the node before each. */
function looks(...before: readonly ((node: SimNode) => void)[]): Promise<readonly Seen[]> {
  return looksAfter({ greets: false, shellMs: 0 }, ...before);
}

/** `greets`: the nodes are greeted before; `shellMs`: how late a node's shell answers for the first time. */
async function looksAfter(
  { greets, shellMs }: { readonly greets: boolean; readonly shellMs: number },
  ...before: readonly ((node: SimNode) => void)[]
): Promise<readonly Seen[]> {
  const cluster = new Cluster({ n1: { web: app(8001) } }, {}, "calm");
  const node = cluster.world.node("n1");
  return cluster.by(async ({ ports, config, process }) => {
    const known: KnownNodes = { addresses: new Map(), boots: new WeakMap() };
    let asked: string[] = [];
    let startedAt = 0;
    const ask = process.ask.bind(process);
    let lateMs = shellMs;
    process.ask = async (what, begin) => {
      const [, question = ""] = /^n1: (.*)$/.exec(what) ?? [];
      const after = Math.round((process.monotonic() - startedAt) / 250) * 250;
      if (question !== "") asked.push(after > 0 ? `${question} after ${String(after)} ms` : question);
      if (question === shell && lateMs > 0) {
        await ports.clock.sleep(lateMs);
        lateMs = 0;
      }
      return ask(what, begin);
    };
    if (greets) await gather(ports, config, known);
    const seen: Seen[] = [];
    for (const happens of before) {
      happens(node);
      await ports.clock.sleep(intervalMs);
      [asked, startedAt] = [[], process.monotonic()];
      const { nodes } = await lookAtCluster(ports, config, { intervalMs, known });
      seen.push({ facts: nodes["n1"], address: known.addresses.get("n1"), asked });
    }
    return seen;
  });
}

const shell = "cat /proc/sys/kernel/random/boot_id";
const nothing = (): void => undefined;

test("a node that is well is asked for its boot once, and then for its containers alone", async () => {
  const [first, second, third] = await looks(nothing, nothing, nothing);
  expect(first?.asked).toEqual(["connect", shell, "containers"]);
  expect(second?.asked).toEqual(["containers"]);
  expect(third).toEqual(second);
  expect(second?.facts).toEqual(first?.facts);
  expect(second?.facts).toMatchObject({ state: "up", containers: [{ name: "web", state: "running" }], stopped: [] });
  expect(second?.address).toBe("n1");
});

test("however late its first answer comes, a node that was greeted is asked for its containers alone", async () => {
  const [first] = await looksAfter({ greets: true, shellMs: 8000 }, nothing);
  expect([first?.asked, first?.facts?.state]).toEqual([["containers"], "up"]);
});

test("a new line that answers late is asked again, not given up", async () => {
  const [first, second] = await looksAfter({ greets: false, shellMs: 8000 }, nothing, nothing);
  expect(first?.facts).toMatchObject({ state: "silent", message: "SSH does not answer within 5.0 s" });
  expect([second?.asked, second?.facts?.state]).toEqual([[shell, "containers"], "up"]);
});

test("a node that was restarted has another boot", async () => {
  const [first, second, third] = await looks(
    nothing,
    (node) => {
      node.powerOff();
      node.powerOn();
    },
    nothing,
  );
  const bootOf = (seen: Seen | undefined): string | undefined =>
    seen?.facts && "bootId" in seen.facts ? seen.facts.bootId : undefined;
  expect(bootOf(second) ?? bootOf(third)).toBeDefined();
  expect(bootOf(second) ?? bootOf(third)).not.toBe(bootOf(first));
  // As others tell it, who compare.
  expect(bootOf(first)).toMatch(/^\S+$/);
});

test("where Docker hangs or is away, the shell tells that the node is there", async () => {
  const [, hangs, away] = await looks(
    nothing,
    ({ docker }) => (docker.state = "hung"),
    ({ docker }) => (docker.state = "stopped"),
  );
  expect(hangs?.asked).toEqual(["containers", `${shell} after 1250 ms`]);
  expect(hangs?.facts).toMatchObject({
    ...{ state: "docker-silent", code: "docker-unavailable" },
    message: "Docker does not answer within 5.0 s",
  });
  expect(away?.asked).toEqual(["containers", shell]);
  expect(away?.facts).toMatchObject({ state: "docker-silent", code: "docker-unavailable" });
});

test("a node that answers nothing more is silent, and its connection is given up", async () => {
  const [, dead, later] = await looks(
    nothing,
    (node) => {
      node.powerOff();
    },
    nothing,
  );
  expect(dead?.asked).toEqual(["containers", `${shell} after 1250 ms`]);
  expect(dead?.facts).toMatchObject({ state: "silent", message: "SSH does not answer within 5.0 s" });
  expect(later?.asked).toEqual(["connect"]);
});

test("who stopped a container is asked only where one has ended", async () => {
  const mark = { cluster: "sim", container: "web", by: "ann", at: "2026-01-01T00:00:00Z", volume: "mark" };
  const [, stopped] = await looks(nothing, ({ docker }) => {
    const web = docker.find("web");
    if (!web) throw new Error("there is no web");
    docker.add({ ...web, name: "db" });
    docker.marks.set("mark", { ...mark, id: web.id });
    docker.exit(web, 0);
  });
  expect(stopped?.asked).toEqual(["containers", "stop marks"]);
  expect(stopped?.facts).toMatchObject({ state: "up", stopped: [{ by: "ann" }] });
});

test("who is interrupted while a node is waited for hears of that, and of no silent node", async () => {
  const cluster = new Cluster({ n1: {} }, {}, "calm");
  cluster.world.node("n1").powerOff();
  await cluster.by(async ({ ports, config }) => {
    const stop = new AbortController();
    const known: KnownNodes = { addresses: new Map(), boots: new WeakMap() };
    const looking = lookAtCluster({ ...ports, signal: stop.signal }, config, { intervalMs, known });
    await ports.clock.sleep(100);
    stop.abort(new Error("stopped"));
    await expect(looking).rejects.toThrow();
  });
});
