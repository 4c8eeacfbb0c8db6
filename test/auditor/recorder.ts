/**
 * The recorder, in a process of its own, so that nothing a test does delays it. Reads its options as one line of JSON
 * on stdin, prints one line when it sees everything, takes orders on stdin, and ends when that ends.
 */
import { openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { type Entry, now } from "./history.ts";
import { holds, watchAddresses } from "./observe/addresses.ts";
import { ConfigWatch } from "./observe/config.ts";
import { CopyWatch } from "./observe/copies.ts";
import { watchEvents } from "./observe/docker-events.ts";
import { answerAs, neverForget, plugIn, watchAnswers, watchService } from "./observe/network.ts";
import { firstProcess } from "./observe/nodes.ts";
import { canariesShown, usage } from "./observe/processes.ts";
import { stopPrograms } from "./observe/programs.ts";
import type { Order, RecorderOptions, WatchedNode } from "./recorder-options.ts";

/** Milliseconds between two looks, and after how long one is written down again though nothing changed. */
const LOOK_MS = 100;
const REPEAT_MS = 1000;

const input = createInterface({ input: process.stdin });
const options = JSON.parse(await new Promise<string>((resolve) => input.once("line", resolve))) as RecorderOptions;
const { vip, canaries = [] } = options;
const file = openSync(options.history, "a");
const write = (entry: Entry): void => {
  writeSync(file, `${JSON.stringify(entry)}\n`);
};

/** Follows one node through its power losses. */
function nodeWatch(node: WatchedNode): () => void {
  const { name } = node;
  const copies = new CopyWatch(node);
  const tellCopies = onChange();
  const tellHolding = onChange();
  let pid: number | undefined;
  let parts: { stop(): void }[] = [];
  write({ kind: "power", at: now(), node: name, on: false });
  return () => {
    const at = now();
    const found = firstProcess(node);
    if (found !== pid) {
      for (const part of parts) part.stop();
      parts = found === undefined ? [] : watchers(name, found);
      if (pid !== undefined) write({ kind: "power", at, node: name, on: false });
      if (found !== undefined) write({ kind: "power", at, node: name, on: true });
      pid = found;
    }
    const seen = copies.look(pid);
    if (tellCopies(JSON.stringify(seen), at)) write({ kind: "copies", at, node: name, copies: seen });
    if (vip === undefined) return;
    const held = pid !== undefined && holds(pid, vip.address);
    if (tellHolding(String(held), at)) write({ kind: "holding", at, node: name, holds: held });
  };
}

function watchers(name: string, pid: number): { stop(): void }[] {
  const events = watchEvents(name, pid, write);
  if (vip === undefined) return [events];
  const pages = `${dirname(options.history)}/pages`;
  return [events, watchAddresses(name, pid, vip.address, write), answerAs(name, pid, pages)];
}

/** Says whether this is new, or was last said long ago. */
function onChange(): (value: string, at: number) => boolean {
  let [last, saidAt] = ["", -Infinity];
  return (value, at) => {
    if (value === last && at - saidAt < REPEAT_MS) return false;
    [last, saidAt] = [value, at];
    return true;
  };
}

const watched = new Set<number>();
const config = new ConfigWatch(options.config, write);
const looks = options.nodes.map(nodeWatch);
if (vip !== undefined) {
  const client = await plugIn(options.switchFile, "client", vip.clientAddress);
  const observer = await plugIn(options.switchFile, "observer", vip.observerAddress);
  if (vip.address.includes(":")) neverForget(client.pid);
  watchService(client.pid, vip.address, write);
  watchAnswers(observer.pid, vip.address, write);
}
const look = (): void => {
  for (const each of looks) each();
  config.look();
  for (const entry of canaries.length === 0 ? [] : canariesShown(canaries)) write(entry);
};
look();
setInterval(look, LOOK_MS);
setInterval(() => {
  for (const pid of watched) {
    const entry = usage(pid);
    if (entry !== undefined) write(entry);
  }
}, REPEAT_MS);

let leaving = false;
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  look();
  await stopPrograms();
  process.exit(0);
}

input
  .on("line", (line) => {
    const order = JSON.parse(line) as Order;
    if (order.order === "mark") write(order.entry as Entry);
    if (order.order === "watch") watched.add(order.pid);
    if (order.order === "sync") {
      look();
      process.stdout.write("synced\n");
    }
    if (order.order === "stop") void leave();
  })
  .on("close", () => void leave());
process.on("SIGTERM", () => void leave());
process.stdout.write("ready\n");
