/** What pictl 0.1.0 left in its state folder, written by it in the middle of a move, is read. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEventLog } from "../../../src/adapters/events/index.ts";
import { openJournal } from "../../../src/adapters/journal/index.ts";
import { openStateFile } from "../../../src/adapters/state/index.ts";
import * as schemas from "../../../src/adapters/state/schemas.ts";
import type { Schema } from "../../../src/files/schema.ts";

let folder: string;
const warnings: string[] = [];
const warn = (message: string): void => void warnings.push(message);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-upgrade-"));
  cpSync(fileURLToPath(new URL("../../fixtures/state-0.1.0", import.meta.url)), folder, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("its journal: a move that was cut off can be settled", async () => {
  expect(await openJournal(folder, "upg").read()).toEqual([
    {
      ...{ container: "web", from: "n1", to: "n3", generation: 1795953444, step: "switching", wasRunning: true },
      ...{ startedAt: "2026-11-29T11:57:24.948Z", who: "root@vm" },
    },
  ]);
});

test("its event log, which was one file for all clusters", async () => {
  const types: string[] = [];
  const log = openEventLog({ stateDir: folder, cluster: "upg", warn });
  for await (const { type } of log.read({ follow: false, signal: new AbortController().signal })) types.push(type);
  expect(types).toEqual([
    ...["image.built", "image.built", "container.created", "container.created"],
    ...["daemon.started", "daemon.leads", "vip.moved", "daemon.stopped", "image.built"],
  ]);
});

test.each<[string, Schema<unknown>, object]>([
  ["generations-upg.json", schemas.generations, { last: 1795953444, placed: { web: 1795953427, clock: 1795953428 } }],
  ["leadership-upg.json", schemas.savedLeadership, { owner: "105fe2ef-b447-431b-b127-76bfac4d4958", epoch: 3 }],
  ["heartbeat-upg.json", schemas.savedMemory, { now: 1795953431995, monotonic: 2462.25897 }],
  ["vip-upg-10.77.2.10.json", schemas.savedVip, { leaseMs: 15000, memory: { holder: "n1", booked: { n1: null } } }],
  ["daemon-upg.json", schemas.daemonState, { pid: 6518, version: "0.1.0" }],
])("%s", async (name, schema, has) => {
  expect(await openStateFile(join(folder, name), schema, { warn }).read()).toMatchObject(has);
  expect(warnings).toEqual([]);
});
