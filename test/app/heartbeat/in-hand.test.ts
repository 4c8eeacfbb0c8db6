import { expect, test } from "vitest";
import { onAbort } from "../../../src/abort.ts";
import { openInHand } from "../../../src/app/heartbeat/in-hand.ts";
import type { HeartbeatPorts } from "../../../src/app/ports.ts";
import { node } from "../../fakes/config.ts";

function opened() {
  const stop = new AbortController();
  const silent = new Set<string>();
  const ports = {
    signal: stop.signal,
    actor: { who: "me", cause: "daemon" },
    nodes: {
      connect: async ({ name }: { name: string }) => name,
      discard: () => undefined,
      close: async () => undefined,
    },
    engines: { on: async ({ name }: { name: string }) => name },
  } as unknown as HeartbeatPorts;
  return { stop, silent, inHand: openInHand(ports, () => silent) };
}

/** Work that goes on until it is interrupted. */
const endless = ({ signal }: HeartbeatPorts): Promise<void> =>
  new Promise((_resolve, reject) => {
    onAbort(signal, () => {
      reject(signal.reason as Error);
    });
  });

test("what needs a node that has died is given up, with a sentence that says why; the rest goes on", async () => {
  const { stop, inHand } = opened();
  const web = inHand.begin("web", { cause: "a failure", needs: "n1" }, endless);
  const db = inHand.begin("db", { cause: "a failure", needs: "n2" }, endless);
  const moving = inHand.begin("app", { cause: "a failure" }, endless);
  expect(inHand.needing(new Set(["n1", "n3"]))).toEqual(["web"]);
  inHand.giveUpOn(new Set(["n1", "n3"]));
  expect(await web).toEqual([
    expect.objectContaining({ code: "node-unreachable", message: "n1 does not answer any more.", container: "web" }),
  ]);
  expect(inHand.containers()).toEqual(["db", "app"]);
  stop.abort(new Error("the daemon leaves"));
  expect([...(await db), ...(await moving)].map(({ message }) => message)).toEqual([
    "the daemon leaves",
    "the daemon leaves",
  ]);
});

test("a container is worked on by one at a time, in order", async () => {
  const { inHand } = opened();
  const order: string[] = [];
  const done = ["first", "second"].map((name) =>
    inHand.begin("web", { cause: name }, async ({ actor }) => {
      order.push(`${actor.cause} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    }),
  );
  expect(inHand.containers()).toEqual(["web"]);
  expect(await Promise.all(done)).toEqual([[], []]);
  expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  expect(inHand.containers()).toEqual([]);
});

test("nodes that fell silent meanwhile are unreachable at once", async () => {
  const { silent, inHand } = opened();
  const seen: unknown[] = [];
  await inHand.begin("web", { cause: "a failure" }, async ({ nodes, engines, signal }) => {
    seen.push(await nodes.connect(node("n1"), signal), await engines.on(node("n1"), signal));
    silent.add("n1");
    for (const asked of [nodes.connect(node("n1"), signal), engines.on(node("n1"), signal)]) {
      seen.push(await asked.then(String, (error: unknown) => (error as Error).message));
    }
    seen.push(await nodes.connect(node("n2"), signal));
  });
  expect(seen).toEqual(["n1", "n1", "n1 does not answer.", "n1 does not answer.", "n2"]);
});

test("it is settled when all has ended, also what nobody waits for", async () => {
  const { inHand } = opened();
  let end: () => void = () => undefined;
  let settled = false;
  inHand.meanwhile(new Promise((resolve) => (end = resolve)));
  void inHand.begin("web", { cause: "a failure" }, () => Promise.resolve());
  const waiting = inHand.settled().then(() => (settled = true));
  await new Promise(setImmediate);
  expect(settled).toBe(false);
  end();
  await waiting;
});
