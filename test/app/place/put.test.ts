import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { putInPlace } from "../../../src/app/place/put.ts";
import type { Connection, Engine, Outcome, Ports, RunOptions } from "../../../src/app/ports.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { labels } from "../../../src/domain/docker/labels.ts";
import { gatesOf } from "../../../src/domain/place/gate.ts";
import { freshSteps, swapSteps } from "../../../src/domain/place/steps.ts";
import type { Swap } from "../../../src/domain/place/swap.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { type Command, render } from "../../../src/domain/shell.ts";
import { ModelDocker } from "../../domain/place/model.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/**
 * Puts a container of generation 7 in place by commands that a model of Docker carries out. `refuses`: which it says no
 * to, and how. `seen`: how the new copy is when it is looked at.
 */
async function placing({
  swap,
  refuses = {},
  seen = {},
  there = [],
  interruptedMs,
  args = [],
  hangs,
  fillsVolumes = false,
  losesLock = false,
}: {
  readonly swap?: Swap;
  readonly refuses?: Readonly<Record<string, string>>;
  readonly seen?: Partial<ContainerFacts>;
  readonly there?: readonly ContainerFacts[];
  readonly interruptedMs?: number;
  readonly args?: readonly string[];
  /** Its end never comes. */
  readonly hangs?: string;
  readonly fillsVolumes?: boolean;
  /** After the first command, and somebody else has it. */
  readonly losesLock?: boolean;
}) {
  const docker = new ModelDocker();
  if (swap) docker.add("web", { imageId: "sha256:old" });
  docker.containers.push(...there);
  const commands: string[] = [];
  const warnings: string[] = [];
  const begun = performance.now();
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command, { timeoutMs = 60_000 }: RunOptions): Promise<Outcome> => {
      const line = render(command);
      commands.push(line);
      if (hangs !== undefined && line.includes(hangs)) return hung(timeoutMs);
      const rest = { stdout: "", truncated: false, durationMs: 1 };
      const [, no] = Object.entries(refuses).find(([start]) => line.startsWith(start)) ?? [];
      if (no !== undefined) return Promise.resolve({ ...rest, stderr: no, status: "failed", code: 1 });
      const [, , verb, ...words] = command.kind === "words" ? command.words : [];
      if (verb === "create" && line.includes("--name"))
        docker.step({ do: "make", as: words[words.indexOf("--name") + 1] ?? "", start: false });
      else if (verb === "run") docker.step({ do: "make", as: words[words.indexOf("--name") + 1] ?? "", start: true });
      else docker.command(command);
      return Promise.resolve({ ...rest, stderr: "", status: "ok", code: 0 });
    },
  } as unknown as Connection;
  const engine = {
    containers: () => Promise.resolve(docker.containers),
    container: (name: string) => {
      const found = docker.containers.find((each) => each.name === name);
      return Promise.resolve(found && { ...found, ...seen });
    },
    healthOutput: () => Promise.resolve("no database"),
    logs: async function* () {
      yield await Promise.resolve({ time: "", stream: "stderr", line: "I am new" });
    },
  } as unknown as Engine;
  const stop = new AbortController();
  if (interruptedMs !== undefined)
    setTimeout(() => {
      stop.abort(new Error("interrupted"));
    }, interruptedMs);
  const ports = {
    signal: stop.signal,
    clock: fakeClock,
    engines: { on: () => Promise.resolve(engine) },
    progress: {
      warn: (text: string) => warnings.push(`after ${String(Math.round(performance.now() - begun))} ms: ${text}`),
    },
  } as unknown as Ports;
  const gates = gatesOf(swap?.kind, { check: undefined, skips: false });
  const putting = putInPlace(ports, {
    cluster: "test",
    node: node("n1"),
    connection,
    engine,
    placement: placement("web", "n1"),
    steps: swap ? swapSteps("web", { swap, gates, graceSeconds: 1, old: undefined }) : freshSteps("web", gates),
    old: docker.containers.find(({ name }) => swap !== undefined && name === "web"),
    run: { name: "web", image: "web", args, env: {}, labels: { [labels.generation]: "7" } },
    fillsVolumes,
    generation: 7,
    environment: [],
    patienceMs: undefined,
    mayEnd: false,
    step: { update: () => undefined, done: () => undefined, fail: () => undefined },
    stillLocked: async () => {
      if (losesLock && commands.length > 0) throw new PictlError("connection-lost", "The lock is lost.");
    },
    underLock: async (undo) => {
      if (losesLock) throw new PictlError("lock-held", "Somebody else is changing this container.");
      return undo();
    },
    onSwitch: () => Promise.resolve(),
  });
  const [ended] = await Promise.all([
    putting.then(
      (put) => ({ put }),
      (error: unknown) => ({ error }),
    ),
    vi.advanceTimersByTimeAsync(1_000_000),
  ]);
  return {
    ended,
    commands,
    warnings,
    names: docker.containers.map(({ name, imageId, state }) => `${name} ${imageId} ${state}`),
  };
}

async function hung(timeoutMs: number): Promise<Outcome> {
  await fakeClock.sleep(timeoutMs);
  const rest = { stdout: "", stderr: "", truncated: false, durationMs: timeoutMs };
  return { ...rest, status: "unknown", code: null, reason: "timeout" };
}

const swaps: readonly Swap[] = [
  { kind: "start-first" },
  { kind: "hand-off", network: "bridge" },
  { kind: "stop-first", why: "it has data" },
];

test.each(swaps)("$kind: the new copy is there alone when it has passed its gate", async (swap) => {
  const { ended, names } = await placing({ swap, seen: { health: "healthy", healthDecidesMs: 1000 } });
  expect(ended).toMatchObject({ put: { passed: { told: "healthy", serves: true } } });
  expect(names).toEqual(["web sha256:new running"]);
});

test.each(swaps)("$kind: an unhealthy one goes, with its last words, and the old one is as it was", async (swap) => {
  const { ended, names } = await placing({ swap, seen: { health: "unhealthy", healthDecidesMs: 1000 } });
  const fate = swap.kind === "stop-first" ? "is back as it was" : "was not touched";
  expect(ended).toMatchObject({
    error: {
      code: "gate-failed",
      message: `The new container is unhealthy, as its HEALTHCHECK says. The old container ${fate}.`,
      hint: "It said:\nI am new\nIts HEALTHCHECK said:\nno database",
    },
  });
  expect(names).toEqual(["web sha256:old running"]);
});

test.each(swaps)("$kind: nothing is stopped for one that cannot be made", async (swap) => {
  const refuses = {
    "docker container create": "unknown flag: --bogus",
    "docker container run": "unknown flag: --bogus",
  };
  const { ended, commands, names } = await placing({ swap, refuses });
  expect(ended).toMatchObject({
    error: { message: "Could not create web: unknown flag: --bogus. The old container was not touched." },
  });
  expect(commands).toHaveLength(1);
  expect(names).toEqual(["web sha256:old running"]);
});

test.each(swaps)("$kind: an interruption while it is looked at brings the old one back", async (swap) => {
  const { names } = await placing({ swap, interruptedMs: 1000 });
  expect(names).toEqual(["web sha256:old running"]);
});

test("an old container that cannot be brought back is told beside what the new one failed of", async () => {
  const refuses = {
    "docker container start web": "port is already allocated",
    "docker container rename web.pictl-replaced": "no such container",
  };
  const { ended } = await placing({ swap: { kind: "stop-first", why: "" }, refuses });
  expect(ended).toMatchObject({
    error: {
      code: "docker-failed",
      message:
        "Could not start the new web: port is already allocated. The old container is not back: " +
        "Could not bring the old web back: no such container.",
      hint: "The next command on it brings it back, when that is put right.",
    },
  });
});

test("the gap is measured to the moment when the new copy passed", async () => {
  const { ended } = await placing({ swap: { kind: "stop-first", why: "" } });
  expect(ended).toMatchObject({ put: { gapMs: 3000, passed: { serves: false } } });
});

const refused = { "docker container run": "Error response from daemon: port is already allocated" };

test.each([
  ["what could not be started is removed", "7", ["c0ffee"]],
  ["what somebody else has made there meanwhile stays", undefined, []],
  ["what another pictl has made there meanwhile stays", "8", []],
] as const)("%s", async (_, generation, removed) => {
  const mark = generation === undefined ? {} : { [labels.generation]: generation };
  const there = [containerFacts({ state: "created", labels: mark })];
  const { ended, commands } = await placing({ refuses: refused, there });
  expect(ended).toMatchObject({ error: { code: "docker-failed" } });
  expect(commands.slice(1)).toEqual(removed.map((id) => `docker container rm --force ${id}`));
});

test("who has a port is told, where Docker only says that it is taken", async () => {
  const has = { ports: [{ ip: "0.0.0.0", publicPort: 80, privatePort: 80, protocol: "tcp" }] };
  const there = [
    containerFacts({ id: "far", name: "far", ports: [{ ...has.ports[0], ip: "10.0.0.9" } as never] }),
    containerFacts({ id: "weby", name: "weby", ...has }),
  ];
  const { ended } = await placing({ refuses: refused, there, args: ["-p", "127.0.0.1:80:80"] });
  expect(ended).toMatchObject({
    error: {
      code: "port-taken",
      message: "web publishes port 80, which weby has on n1.",
      hint: "Move or stop weby first, or choose another port in the layout.",
    },
  });
  expect((await placing({ refuses: refused, args: ["-p", "80:80"] })).ended).toMatchObject({
    error: { code: "docker-failed", message: "Could not create web: port is already allocated." },
  });
});

test("a port at an address that the node does not have, as a virtual IP's, is told with the address", async () => {
  const bind =
    "driver failed programming external connectivity: listen tcp4 10.0.0.9:80: bind: cannot assign requested address";
  const { ended } = await placing({ refuses: { "docker container run": bind }, args: ["-p", "10.0.0.9:80:80"] });
  expect(ended).toMatchObject({
    error: {
      code: "docker-failed",
      message: "web publishes a port at 10.0.0.9, and n1 does not have that address.",
      hint: "A virtual IP is at one node: leave the address out (`-p 80:80`), and the container answers there, too; or set `sysctl net.ipv4.ip_nonlocal_bind=1` on n1.",
    },
  });
});

test.each([
  { fillsVolumes: false, seconds: "180 s" },
  { fillsVolumes: true, seconds: "900 s" },
])("a docker client that hangs is told after 30 s, and not waited for longer than $seconds", async (given) => {
  const { ended, warnings, names } = await placing({ ...given, swap: { kind: "start-first" }, hangs: "container run" });
  expect(warnings).toEqual([
    `after 30000 ms: n1: docker was asked to create web, and has not answered for 30 s. It is waited for until ${given.seconds} are over. \`pgrep -a docker\` on n1 shows whether it hangs there.`,
  ]);
  expect(ended).toMatchObject({ error: { code: "timeout" } });
  expect(names).toEqual(["web sha256:old running"]);
});

test("a stop that uses its grace is no wonder", async () => {
  const { warnings } = await placing({ swap: { kind: "stop-first", why: "it has data" }, hangs: "container stop" });
  expect(warnings).toMatchObject([expect.stringMatching(/^after 31000 ms: n1: docker was asked to stop/)]);
});

test.each(swaps)("$kind: who has lost the lock to somebody undoes nothing, and says so", async (swap) => {
  const { ended, commands } = await placing({ swap, losesLock: true });
  expect(commands).toHaveLength(1);
  expect(ended).toMatchObject({
    error: {
      code: "connection-lost",
      message: "The lock is lost. The old container is not back: Somebody else is changing this container.",
    },
  });
});
