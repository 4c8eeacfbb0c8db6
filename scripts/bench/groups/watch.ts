import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../../src/adapters/clock/index.ts";
import { openLive } from "../../../src/watch/index.ts";
import type { Live } from "../../../src/watch/live.ts";
import { containerAt, containersOf, isTold } from "../../../src/watch/select.ts";
import { liveCluster } from "../../../test/fakes/live-cluster.ts";
import { median } from "../measure.ts";
import type { Group, Row } from "../row.ts";

const restMs = 20_000;
const onScreen = 40;

/** What it takes to feed the live model, of nodes in memory: SSH and Docker come on top, and are measured elsewhere. */
export const rows: Group = async () => [
  ...(await atRest({ nodes: 100, containers: 20 })),
  await untilSeen({ nodes: 1, containers: 5000 }),
];

/** The processor that it takes while nothing changes, and what is left behind of it in memory. */
async function atRest(size: Parameters<typeof liveCluster>[1]): Promise<readonly Row[]> {
  const { sources } = liveCluster(systemClock, size);
  const live = await looked(openLive(sources));
  live.watch({
    uses: containersOf(live.current())
      .slice(0, onScreen)
      .map(({ key }) => key),
  });
  await sleep(6000);
  const what = `a live model of ${String(size.nodes)} nodes and ${String(size.nodes * size.containers)} containers at rest, ${String(onScreen)} of them on a screen`;
  const before = { cpu: process.cpuUsage(), heap: heapBytes(), at: performance.now() };
  await sleep(restMs);
  const { user, system } = process.cpuUsage(before.cpu);
  const percent = (user + system) / 10 / (performance.now() - before.at);
  const leftMb = (heapBytes() - before.heap) / 1e6;
  await live.stop();
  return [
    { what: `processor of ${what}`, value: percent, atMost: 5, unit: "%" },
    { what: `memory that ${String(restMs / 1000)} s of ${what} leave behind`, value: leftMb, atMost: 3, unit: "MB" },
  ];
}

/** From an event of Docker until the model has what it means, on a node with very many containers. */
async function untilSeen(size: Parameters<typeof liveCluster>[1]): Promise<Row> {
  const { sources, node } = liveCluster(systemClock, size);
  const live = await looked(openLive(sources));
  const n1 = node("n1");
  const taken: number[] = [];
  for (let run = 0; run < 11; run++) {
    const name = `c${String(run + 1)}`;
    const facts = n1.containers.get(name);
    if (!facts) throw new Error(`there is no ${name}`);
    n1.containers.set(name, { ...facts, state: "exited", exitCode: 1 });
    const began = performance.now();
    n1.tell({ names: [name] });
    while (containerAt(live.current(), `${name}@n1`)?.state !== "stopped") await sleep(1);
    taken.push(performance.now() - began);
  }
  await live.stop();
  const what = `from an event until it is in the model, on a node with ${String(size.containers)} containers`;
  return { what, value: median(taken) / 1000, atMost: 0.3, unit: "s" };
}

/** When every node has told. */
async function looked(live: Live): Promise<Live> {
  live.subscribe(() => undefined);
  while (![...live.current().nodes.values()].every(isTold)) await sleep(10);
  return live;
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
