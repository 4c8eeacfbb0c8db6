import { expect, test } from "vitest";
import type { Engine, Ports } from "../../../src/app/ports.ts";
import { watchStart } from "../../../src/app/daemon/watch-start.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { containerFacts } from "../../fakes/facts.ts";

const ports = { signal: new AbortController().signal, clock: { monotonic: () => 0 } } as unknown as Ports;
const watched = (there: readonly ContainerFacts[]): Promise<void> =>
  watchStart(ports, {
    engine: { containers: () => Promise.resolve(there) } as unknown as Engine,
    container: "web",
    watchMs: 0,
    removesFailed: false,
  });

test("one that runs, or has ended well, has started", async () => {
  await watched([containerFacts()]);
  await watched([containerFacts({ state: "exited", exitCode: 0 })]);
});

test("one that is not there has not", async () => {
  await expect(watched([containerFacts({ name: "other" })])).rejects.toMatchObject({
    code: "docker-failed",
    container: "web",
    message:
      "The container is gone right after its start: it ended and removed itself (`--rm`), or somebody removed it.",
  });
});

test("an interruption ends the watching, and asks the node no more", async () => {
  const stop = new AbortController();
  let asked = 0;
  const engine = {
    containers: () => {
      asked += 1;
      stop.abort();
      return Promise.resolve([containerFacts()]);
    },
  } as unknown as Engine;
  let now = 0;
  const clock = { monotonic: () => (now += 100), sleep: () => Promise.reject(new Error("aborted")) };
  await watchStart({ signal: stop.signal, clock } as unknown as Ports, {
    ...{ engine, container: "web", watchMs: 1000, removesFailed: false },
  });
  expect(asked).toBe(1);
});
