/** What of a candidate is waited for. */
import { expect, test } from "vitest";
import type { Connection, Outcome, VipPorts } from "../../../../src/app/ports.ts";
import { newSight, observe } from "../../../../src/app/vip/observe/observe.ts";
import type { VipSection } from "../../../../src/domain/config/types.ts";
import { type Command, render } from "../../../../src/domain/shell.ts";
import { fakeClock } from "../../../fakes/clock.ts";
import { config, node } from "../../../fakes/config.ts";

const section: VipSection = {
  name: "vip",
  ip: "10.0.0.9",
  mode: "lease",
  leaseMs: 15_000,
  preempt: false,
  candidates: [{ node: "n1", device: "eth0", slave: "10.0.0.1", pingIntervalMs: 1000 }],
};

/** A candidate that is probed at once, and whose ping ends when somebody says so. */
function candidate() {
  const ended = (stdout: string): Outcome => ({
    ...{ status: "ok", code: 0, stdout },
    ...{ stderr: "", truncated: false, durationMs: 1 },
  });
  let endPing = (): void => undefined;
  const ping = new Promise<Outcome>((resolve) => {
    endPing = () => {
      resolve(ended("reaches 10.0.0.1\nend\n"));
    };
  });
  const connection = {
    node: "n1",
    run: (command: Command) =>
      render(command).includes("10.0.0.1") ? ping : Promise.resolve(ended("device\ncarrier\nend\n")),
  } as unknown as Connection;
  const ports = {
    clock: fakeClock,
    signal: new AbortController().signal,
    scripts: { read: () => Promise.resolve("") },
    vipNodes: { connect: () => Promise.resolve(connection), discard: () => undefined },
  } as unknown as VipPorts;
  const look = (waitsForPings: boolean) => {
    const sight = newSight({ waitsForPings });
    const watched = { config: config({ nodes: [node("n1")] }), section };
    return () => observe(ports, watched, { sight, timeoutMs: 1000 });
  };
  return { look, endPing };
}

test("a renewal waits for no ping; the next look sees what it said", async () => {
  const { look, endPing } = candidate();
  const next = look(false);
  expect(await next()).toMatchObject({ n1: { state: "answers", reaches: {} } });
  endPing();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(await next()).toMatchObject({ n1: { reaches: { "10.0.0.1": true } } });
});

test("where there is no next look, the pings are waited for", async () => {
  const { look, endPing } = candidate();
  const seen = look(true)();
  endPing();
  expect(await seen).toMatchObject({ n1: { reaches: { "10.0.0.1": true } } });
});
