/** A client of the virtual address, in a process of its own: `client.ts ADDRESS PORT EVERY_MS`. Prints probes. */
import { connect } from "node:net";
import { now, type Probe } from "../history.ts";

/** Longer than the kernel takes to send a lost first packet again. */
const PATIENCE_MS = 1200;

const [address = "", port = "", every = "250"] = process.argv.slice(2);

function ask(): void {
  const at = now();
  let said = "";
  let told = false;
  const socket = connect({ host: address, port: Number(port) });
  const tell = (ok: boolean): void => {
    if (told) return;
    told = true;
    const by = /\r\n\r\n(\S+)/.exec(said)?.[1] ?? null;
    const probe: Probe = { kind: "probe", at, ok, by, tookMs: Math.round((now() - at) * 1000) / 1000 };
    process.stdout.write(`${JSON.stringify(probe)}\n`);
    socket.destroy();
  };
  socket.setTimeout(PATIENCE_MS, () => {
    tell(false);
  });
  socket.on("connect", () => socket.write("GET /node HTTP/1.0\r\n\r\n"));
  socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
  socket.on("end", () => {
    tell(said !== "");
  });
  socket.on("error", () => {
    tell(false);
  });
}

ask();
setInterval(ask, Number(every));
