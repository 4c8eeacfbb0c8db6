/**
 * Loaded into a daemon ahead of it: a failpoint between its decision to grant a virtual address and the sending. When the
 * file that BEFORE_GRANT names is there, its text is run by `sh` just before the next such command's bytes are written,
 * and the file goes. What is sent then leaves its exit code in /run/late-grant on its node.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";

interface Protocol {
  channelData: (this: Protocol, channel: number, data: Buffer | string) => void;
}
const { prototype } = createRequire(import.meta.url)("ssh2/lib/protocol/Protocol.js") as { prototype: Protocol };
const send = prototype.channelData;
const file = process.env["BEFORE_GRANT"] ?? "";
let reached = false;

prototype.channelData = function (this: Protocol, channel, data) {
  const text = data.toString();
  if (!/ grant \S+ \d+\.\d+\.\d+\.\d+ /.test(text) || reached || !existsSync(file)) {
    send.call(this, channel, data);
    return;
  }
  reached = true;
  execFileSync("sh", ["-c", readFileSync(file, "utf8")]);
  send.call(this, channel, text.replace(/\n$/, ";echo $? >/run/late-grant\n"));
  // Only when the bytes are on their way: whoever waits for it may stop this process at once.
  setImmediate(() => {
    rmSync(file);
    reached = false;
  });
};
