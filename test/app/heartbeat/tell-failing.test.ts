import { expect, test } from "vitest";
import { tellFailing } from "../../../src/app/heartbeat/tell-failing.ts";
import type { Ports } from "../../../src/app/ports.ts";
import type { FailingChange } from "../../../src/domain/heartbeat/checks/failing.ts";
import { config, placement } from "../../fakes/config.ts";

const placements = [
  placement("web", "n1", { hooks: { onHeartbeatFailure: "./web" } }),
  placement("web", "n2", { hooks: { onHeartbeatFailure: "./web-of-n2" } }),
  placement("db", "n1", { hooks: { onHeartbeatFailure: "./all" } }),
  placement("cron", "n1"),
  placement("other", "n1", { hooks: { onHeartbeatFailure: "./other" } }),
  placement("moved", "n1", { hooks: { onMove: "./moved" } }),
];

/** Which hook was run with which event: its type, its node, whom it names, and why. */
async function told(change: FailingChange, hooks: object): Promise<readonly unknown[]> {
  const runs: unknown[] = [];
  const ports = {
    clock: { now: () => 0, monotonic: () => 0 },
    actor: { who: "me", cause: "pictl daemon" },
    events: { cluster: "test", append: () => Promise.resolve() },
    progress: { warn: () => undefined },
    hooks: {
      run: (target: string, { type, node, container, containers, error }: Record<string, unknown>) => {
        runs.push([target, type, node, container ?? containers, error]);
        return Promise.resolve({ ok: true, message: "" });
      },
    },
  } as unknown as Ports;
  await tellFailing(ports, config({ placements, hooks }), change);
  return runs;
}

test("the config's hook is told once of all that fail for one reason, each container's own of itself", async () => {
  const containers = ["web", "db", "cron", "moved"];
  const change = { type: "heartbeat.failed", node: "n1", containers, error: "n1 does not answer" } as FailingChange;
  // `./all` is db's, too, and told once.
  expect(await told(change, { onHeartbeatFailure: "./all" })).toEqual([
    ["./all", "heartbeat.failed", "n1", containers, "n1 does not answer"],
    ["./web", "heartbeat.failed", "n1", "web", "n1 does not answer"],
  ]);
});

test("without a hook of the config's, and of one that is well again", async () => {
  const change = { type: "heartbeat.recovered", node: "n2", containers: ["web"] } as unknown as FailingChange;
  expect(await told(change, {})).toEqual([["./web-of-n2", "heartbeat.recovered", "n2", "web", undefined]]);
  expect(await told(change, { onHeartbeatFailure: "./all" })).toEqual([
    ["./all", "heartbeat.recovered", "n2", "web", undefined],
    ["./web-of-n2", "heartbeat.recovered", "n2", "web", undefined],
  ]);
});
