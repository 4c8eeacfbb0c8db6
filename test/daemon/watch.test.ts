import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openConfigStore } from "../../src/adapters/config/index.ts";
import { watchConfig } from "../../src/daemon/watch.ts";
import { temporaryFile } from "../adapters/config/folder.ts";

const text = (intervalMs: number): string =>
  JSON.stringify({ layout: [{ node: "n1" }], heartbeat_interval: intervalMs });

async function watched() {
  const store = openConfigStore(temporaryFile(text(5000)));
  const told: string[] = [];
  const watch = watchConfig(store, (await store.read()).config, ({ type, error }) => {
    told.push(error === undefined ? type : `${type}: ${error.replace(store.path, "FILE")}`);
    return Promise.resolve();
  });
  return {
    told,
    watch,
    write: (content: string) => {
      writeFileSync(store.path, content);
    },
    intervalMs: async () => (await watch.refresh()).heartbeat.intervalMs,
  };
}

test("a changed file is used and told; one that was only written anew is not told", async () => {
  const { told, write, intervalMs } = await watched();
  expect(await intervalMs()).toBe(5000);
  write(`${text(5000)}\n`);
  expect([await intervalMs(), told]).toEqual([5000, []]);
  write(text(6000));
  expect([await intervalMs(), await intervalMs(), told]).toEqual([6000, 6000, ["config.reloaded"]]);
});

test("a broken file is told once, the last good one stays, and that it was put right is told too", async () => {
  const { told, watch, write, intervalMs } = await watched();
  expect(watch.broken()).toBeUndefined();
  write('{"layout": [');
  expect([await intervalMs(), await intervalMs()]).toEqual([5000, 5000]);
  expect(watch.broken()).toContain("is invalid: line 1, column 13");
  expect(told).toEqual([expect.stringMatching(/^config\.refused: The config FILE is invalid: line 1, column 13/)]);
  write('{"layuot": []}');
  expect(await intervalMs()).toBe(5000);
  expect(told[1]).toMatch(/^config\.refused: .*unknown key "layuot"/);
  write(text(5000));
  expect([await intervalMs(), told.slice(2)]).toEqual([5000, ["config.reloaded"]]);
});

test.each([
  ["cluster", /^config\.refused: `cluster` is "other" in the config now, and the daemon began with "default": /],
  ["state_dir", /^config\.refused: `state_dir` is .*\/other in the config now, and the daemon began with /],
])("another %s is another cluster: refused once, neither read nor changed, until it is put back", async (key, said) => {
  const { told, watch, write, intervalMs } = await watched();
  write(JSON.stringify({ layout: [{ node: "n1" }], heartbeat_interval: 6000, [key]: "other" }));
  expect([await intervalMs(), await intervalMs()]).toEqual([5000, 5000]);
  expect(told).toEqual([expect.stringMatching(said)]);
  expect(watch.broken()).toContain(`\`${key}\` is`);
  await expect(watch.store.read()).rejects.toThrow(`\`${key}\` is`);
  const change = watch.store.change(() => [{ op: "set", path: ["heartbeat_interval"], value: 7000 }]);
  await expect(change).rejects.toThrow(`\`${key}\` is`);
  write(text(6000));
  expect([await intervalMs(), told.slice(1)]).toEqual([6000, ["config.reloaded"]]);
  expect(watch.broken()).toBeUndefined();
});

test("what this process changed itself is no news", async () => {
  const { told, watch, write, intervalMs } = await watched();
  await watch.store.change(() => [{ op: "set", path: ["heartbeat_interval"], value: 7000 }]);
  expect([await intervalMs(), told]).toEqual([7000, []]);
  write(text(8000));
  expect([await intervalMs(), told]).toEqual([8000, ["config.reloaded"]]);
});
