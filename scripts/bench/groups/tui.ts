import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Config } from "../../../src/domain/config/types.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { parseProbe } from "../../../src/domain/node/probe.ts";
import { firstState } from "../../../src/tui/state/first.ts";
import { reduceState as step } from "../../../src/tui/state/reduce.ts";
import type { LogLine, TuiMessage, State } from "../../../src/tui/state/types.ts";
import { openCanvas } from "../../../src/tui/terminal/canvas.ts";
import { Frames } from "../../../src/tui/terminal/frames.ts";
import { draw } from "../../../src/tui/view/index.ts";
import type { Model } from "../../../src/watch/model.ts";
import { firstModel, reduce } from "../../../src/watch/reduce/index.ts";
import { openStore } from "../../../src/context.ts";
import { onLab } from "../lab.ts";
import { pictl, type Row, type Group } from "../row.ts";

/** `pictl tui`: how fast it answers when much happens, and what it costs when nothing does. */
export const rows: Group = async () => [await keyToScreen(), await memoryOfTenMinutes(), ...(await atRest())];

const nodes = 100;
const containersOfNode = 20;

/** The terminal without glass: state, view, blessed, and the loop that decides when to paint. */
function screen(model: Model) {
  const size = { columns: 160, rows: 50 };
  let state: State = firstState({ model, nowMs: Date.now(), size, readOnly: false, actions: [] });
  let painted: () => void = () => undefined;
  const canvas = openCanvas({
    write: () => undefined,
    ...size,
    term: "xterm-256color",
    looks: { colour: true, utf8: true, rich: true },
  });
  const frames = new Frames({
    paint: () => {
      canvas.paint(draw(state));
      painted();
    },
    busy: () => false,
    now: () => performance.now(),
  });
  return {
    tell(message: TuiMessage): void {
      [state] = step(state, message, Date.now());
      frames.request(message.kind === "key");
    },
    frame: () =>
      new Promise<void>((resolve) => {
        painted = resolve;
      }),
    paint: () => {
      canvas.paint(draw(state));
    },
    stop: () => {
      frames.stop();
    },
  };
}

async function keyToScreen(): Promise<Row> {
  const { model, change } = await largeCluster();
  const shown = screen(model);
  shown.tell({ kind: "key", key: "2" });
  await shown.frame();
  let at = 0;
  const feeding = setInterval(() => {
    shown.tell({ kind: "model", model: change((at += 1)) });
  }, 50);
  const times: number[] = [];
  const keys = ["j", "j", "k", "C-f", "G", "g", "o", "/", "w", "escape", "3", "1", "2"];
  for (let key = 0; key < 300; key += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20 + ((key * 7) % 60)));
    const begun = performance.now();
    const frame = shown.frame();
    shown.tell({ kind: "key", key: keys[key % keys.length] ?? "j" });
    await frame;
    times.push(performance.now() - begun);
  }
  clearInterval(feeding);
  shown.stop();
  const value = (times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0) / 1000;
  const what = `key to screen, 95 of 100, with ${nodes} nodes and ${nodes * containersOfNode} containers of which one changes every 50 ms`;
  return { what, value, atMost: 0.05, unit: "s" };
}

/** As much as ten minutes bring of a change every 50 ms and of 2,000 lines a second, without the waiting. */
async function memoryOfTenMinutes(): Promise<Row> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { model, change } = await largeCluster();
  const shown = screen(model);
  const log = (at: number): LogLine[] =>
    Array.from({ length: 100 }, (_, index) => ({
      kind: "line",
      time: "2026-01-31T10:00:00.000Z",
      container: "web",
      node: "n1",
      stream: "stdout",
      line: `line ${at} ${index} ${"x".repeat(80)}`,
    }));
  const live = (from: number, to: number): number => {
    for (let at = from; at < to; at += 1) {
      shown.tell({ kind: "model", model: change(at) });
      shown.tell({ kind: "log-lines", reading: 0, lines: log(at) });
      if (at % 20 === 0) shown.paint();
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = live(0, 400);
  const after = live(400, 12_400);
  shown.stop();
  const what = "heap gained by 12,000 changes of 2,000 containers and 1,200,000 lines of logs";
  return { what, value: Math.max(0, (after - before) / 1e6), atMost: 5, unit: "MB" };
}

/** A hundred nodes that answer, and what one of them says next. */
async function largeCluster(): Promise<{ model: Model; change: (at: number) => Model }> {
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`);
  const container = (index: number): string => `container-${index}`;
  const places = names.flatMap((node) => Array.from({ length: containersOfNode }, (_, index) => ({ node, index })));
  const config = {
    ...(await anyConfig()),
    cluster: "large",
    nodes: names.map((name) => ({ name, address: name, ssh: {}, labels: {}, cordoned: false })),
    placements: places.map(({ node, index }) => ({
      container: container(index),
      node,
      args: [],
      image: undefined,
      build: undefined,
      env: {},
      envFile: undefined,
      secrets: {},
      hooks: {},
    })),
  } satisfies Config;
  const nowMs = Date.now();
  const facts = (index: number, restarts: number): ContainerFacts => ({
    id: `id-${index}`,
    name: container(index),
    imageId: "sha256:image",
    image: container(index),
    state: restarts % 7 === 3 ? "exited" : "running",
    statusText: "",
    health: null,
    labels: { "io.pictl.cluster": "large", "io.pictl.container": container(index) },
    createdAt: nowMs / 1000,
    startedAtMs: nowMs,
    finishedAtMs: null,
    healthDecidesMs: null,
    exitCode: 1,
    restarts,
    stopTimeoutSeconds: null,
    ports: [],
    volumes: [],
    networkMode: "default",
    networks: [],
    addresses: {},
  });
  const info = {
    id: "ENGINE",
    product: "Docker" as const,
    serverVersion: "20.10.24",
    containersRunning: containersOfNode,
    containers: containersOfNode,
    images: 1,
    architecture: "x86_64",
    operatingSystem: "Debian 12",
    kernelVersion: "6.1",
    memoryBytes: 1 << 30,
    cpus: 4,
  };
  let model = firstModel({ config, path: "/config.json", wishes: new Map() }, nowMs);
  for (const node of names) {
    const containers = Array.from({ length: containersOfNode }, (_, index) => facts(index, 0));
    const found = { containers, images: [], marks: [] };
    model = reduce(model, {
      kind: "node-answered",
      node,
      probe: parseProbe(""),
      use: null,
      vips: new Map(),
      atMs: nowMs,
    });
    model = reduce(model, { kind: "docker-looked", node, found, info, atMs: nowMs });
  }
  let current = model;
  return {
    model,
    change: (at) => {
      const index = at % containersOfNode;
      const containers = new Map([[container(index), facts(index, at)]]);
      const node = names[at % names.length] ?? "";
      current = reduce(current, { kind: "docker-changed", node, containers, atMs: Date.now() });
      return current;
    },
  };
}

/** The README's, for all that does not matter here. */
async function anyConfig(): Promise<Config> {
  const store = await openStore(new URL("../../../config.json", import.meta.url).pathname);
  return (await store.read()).config;
}

const restNodes = 10;
const restContainers = 5;
const restMs = 60_000;

async function atRest(): Promise<readonly Row[]> {
  return onLab({ name: "bench-tui", nodes: restNodes, docker: true }, async ({ config }) => {
    const wanted = JSON.parse(await readFile(config, "utf8")) as { readonly nodes: object; readonly docker: string };
    const clocks = Object.fromEntries(
      Array.from({ length: restContainers - 2 }, (_, index) => [
        `clock-${index}`,
        { build: join(wanted.docker, "clock") },
      ]),
    );
    const layout = Object.keys(wanted.nodes).map((node) => ({ node, web: "", clock: "", ...clocks }));
    await writeFile(config, JSON.stringify({ ...wanted, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    await ended(spawn(pictl[0] ?? "", [...pictl.slice(1), "create", "--config", config], { stdio: "ignore" }));
    const begun = performance.now();
    let firstRowsMs: number | undefined;
    let bytes = 0;
    let text = "";
    // `script` gives it a terminal, of 80 columns as it does not know better.
    const command = `stty cols 120 rows 40; exec ${[...pictl, "tui", "--config", config].join(" ")}`;
    const child = spawn("script", ["--quiet", "--flush", "--command", command, "/dev/null"], {
      env: { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
    });
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (firstRowsMs !== undefined) return;
      text += chunk.toString("utf8");
      if (text.includes("NODES")) firstRowsMs = performance.now() - begun;
    });
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(15_000);
    const program = await tuiOf(child.pid ?? 0);
    const [cpuBefore, bytesBefore] = [await cpuSeconds(program), bytes];
    await pause(restMs);
    const cpu = ((await cpuSeconds(program)) - cpuBefore) / (restMs / 1000);
    const idle = bytes - bytesBefore;
    child.stdin.write("q");
    await ended(child);
    const of = `with ${restNodes} nodes and ${restContainers * restNodes} containers`;
    return [
      {
        what: `tui: from its start to the first rows, ${of}`,
        value: (firstRowsMs ?? Infinity) / 1000,
        atMost: 1,
        unit: "s",
      },
      { what: `tui: of one processor at rest, ${of}`, value: cpu * 100, atMost: 3, unit: "%" },
      { what: `tui: sent to the terminal in an idle minute, ${of}`, value: idle / 1e6, atMost: 0.05, unit: "MB" },
    ];
  });
}

function ended(child: ReturnType<typeof spawn>): Promise<unknown> {
  return new Promise((resolve) => child.on("close", resolve));
}

/** The process below `script`, past the shell that has become it. */
async function tuiOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const [child = ""] = children.trim().split(" ");
  return Number(child);
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // In hundredths, as Linux counts everywhere.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
