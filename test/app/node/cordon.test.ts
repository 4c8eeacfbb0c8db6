import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { cordonNodes } from "../../../src/app/node/cordon.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { selectNodes } from "../../../src/domain/select.ts";
import { temporaryFile } from "../../adapters/config/folder.ts";

const layout = "layout:\n  - node: n1 # the first\n  - {node: n2}\n";
const files: readonly string[] = [
  layout,
  `${layout}nodes:\n  n1: # how\n    user: pi\n    # when\n    port: 2222\n`,
  `nodes: {n3: {user: pi}}\n${layout}vip: [{node: n3, vip_eth_device: eth0}]\n`,
  '{\n  "layout": [{ "node": "n1" }, { "node": "n2" }]\n}\n',
  '{\n\t"nodes": {\n\t\t"n1": { "address": "10.0.0.1" }\n\t},\n\t"layout": [{ "node": "n1" }, { "node": "n2" }]\n}',
];

test.each(files)("cordoned and opened again, the file is what it was: %j", async (text) => {
  const store = openConfigStore(temporaryFile(text));
  const types: string[] = [];
  const ports = {
    events: {
      cluster: "default",
      append: ({ type }: PictlEvent) => Promise.resolve(void types.push(type)),
      read: () => never(),
    },
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: () => Promise.resolve(),
      timeout: () => new AbortController().signal,
    },
    actor: { who: "me", cause: "test" },
  };
  const cordon = async (cordoned: boolean): Promise<readonly boolean[]> => {
    const nodes = selectNodes((await store.read()).config, ["n1", "n2"]);
    await cordonNodes(ports, { store, nodes, cordoned, dryRun: false });
    return selectNodes((await store.read()).config, ["n1", "n2"]).map((node) => node.cordoned);
  };
  expect(await cordon(true)).toEqual([true, true]);
  expect(await cordon(false)).toEqual([false, false]);
  expect(readFileSync(store.path, "utf8")).toBe(text);
  expect(types).toEqual(["node.cordoned", "node.cordoned", "node.uncordoned", "node.uncordoned"]);
});

function never(): AsyncIterable<PictlEvent> {
  throw new Error("nobody reads");
}
