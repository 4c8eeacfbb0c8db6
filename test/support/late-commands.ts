/**
 * A process of its own that sends a guarded and a bare command to the first node at the same instant. When the node has
 * opened the channels and only the requests to run something are missing, it says `ready`, waits for the file GO,
 * sends them, says `sent` and does nothing more: it is to be killed. Both are sent as they are, without what the SSH adapter
 * puts around commands for strange login shells. Usage: CONFIG GO GUARDED_FILE BARE_FILE.
 */
import { existsSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { guarded } from "../../src/domain/guard/command.ts";
import { words } from "../../src/domain/shell.ts";
import { quietContext } from "./quiet-context.ts";

const [configPath = "", go = "", guardedFile = "", bareFile = ""] = process.argv.slice(2);
const context = await quietContext(configPath, "late-commands");
const [node] = context.config.nodes;
if (!node) throw new Error("the config has no node");
const connection = await context.ports.nodes.connect(node);
const lines = [
  guarded(`touch ${guardedFile}`, {
    guard: await context.ports.scripts.read("guard.sh"),
    token: "guard",
    cluster: context.config.cluster,
    clock: await connection.clock(),
    until: performance.now() + 2_000,
    fence: undefined,
    lock: undefined,
  }),
  `touch ${bareFile}`,
];

interface Protocol {
  exec: (this: Protocol, channel: number, command: string, wantReply: boolean) => void;
}
const { prototype } = createRequire(import.meta.url)("ssh2/lib/protocol/Protocol.js") as { prototype: Protocol };
const send = prototype.exec;
const held: (() => void)[] = [];
prototype.exec = function (this: Protocol, channel) {
  const line = lines[held.length] ?? "";
  held.push(() => {
    send.call(this, channel, line, true);
  });
  if (held.length < 2) return;
  writeSync(1, "ready\n");
  const nap = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(go)) Atomics.wait(nap, 0, 0, 20);
  for (const request of held) request();
  writeSync(1, "sent\n");
};
await Promise.all(lines.map(() => connection.run(words("true"))));
