import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import type { LabStatus } from "../../../src/lab/index.ts";
import { containerStatusLook } from "../../../src/operations/container/status.ts";
import { perform } from "../../../src/operations/perform.ts";
import { quietContext } from "../../../test/support/quiet-context.ts";
import { onLab } from "../lab.ts";
import { call, median } from "../measure.ts";
import { type Group, pictl, type Row } from "../row.ts";

const nodes = 3;
const turns = 21;
const tabs = 50;
const tabsMs = 30_000;
/** Of one session there are 20 at most. */
const tabsOfOne = 20;

/** `pictl serve` in a process of its own, of three nodes with two containers each. */
export const rows: Group = () =>
  onLab({ name: "bench-http", nodes, docker: true }, async (lab) => {
    const { config } = lab;
    const wanted = JSON.parse(await readFile(config, "utf8")) as { readonly nodes: object };
    const layout = Object.keys(wanted.nodes).map((node) => ({ node, web: "", clock: "" }));
    const user = { web_username: "anna", web_password: "correct horse" };
    await writeFile(config, JSON.stringify({ ...wanted, ...user, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    await call(...pictl, "create", "--config", config);
    const serving = spawn(pictl[0] ?? "", [...pictl.slice(1), "serve", "--port", "0", "--json", "--config", config], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(createInterface(serving.stdout), "line")) as [string];
      const { url } = JSON.parse(line) as { readonly url: string };
      return [await answers(config, url), ...(await opened(lab, url, serving.pid ?? 0))];
    } finally {
      serving.kill();
      await once(serving, "exit");
    }
  });

/** `GET /containers` against what `status` does once it has begun and is connected. */
async function answers(config: string, url: string): Promise<Row> {
  const context = await quietContext(config, "bench");
  const call = {
    caller: { who: "bench", face: "cli" },
    signal: new AbortController().signal,
    progress: context.ports.progress,
  } as const;
  const cookie = await logIn(url);
  const taken = { status: [] as number[], get: [] as number[] };
  for (let turn = 0; turn < turns; turn++) {
    const began = performance.now();
    await perform(context, containerStatusLook, {}, call);
    const between = performance.now();
    const answer = await fetch(new URL("api/v1/containers", url), { headers: { cookie } });
    await answer.text();
    if (!answer.ok) throw new Error(`GET /containers was answered with ${String(answer.status)}`);
    if (turn === 0) continue;
    taken.status.push(between - began);
    taken.get.push(performance.now() - between);
  }
  await context.close();
  const what = `GET /containers of ${String(2 * nodes)} containers against status without its start and handshakes`;
  return { what, value: median(taken.get) / median(taken.status), atMost: 1.3, unit: "×" };
}

/** As many tabs of the console as nobody has, each with all that a page can show. */
async function opened({ nodes: machines }: LabStatus, url: string, pid: number): Promise<readonly Row[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < tabs) {
    const cookie = await logIn(url);
    for (let count = 0; count < tabsOfOne && sockets.length < tabs; count++) sockets.push(await tab(url, cookie));
  }
  await sleep(tabsMs);
  const connections = await Promise.all(
    machines.map(async ({ pid: node }) => {
      const seen = await call(
        "nsenter",
        "-t",
        String(node),
        "-n",
        "ss",
        "-Htn",
        "state",
        "established",
        "sport",
        "=",
        ":22",
      );
      return seen.split("\n").filter(Boolean).length;
    }),
  );
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8");
  const residentMb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Infinity) / 1000;
  for (const socket of sockets) socket.terminate();
  const what = `${String(tabs)} tabs of the console`;
  return [
    { what: `SSH connections to a node with ${what} open`, value: Math.max(...connections), atMost: 1, unit: "" },
    { what: `memory of serve with ${what} open, at its greatest`, value: residentMb, atMost: 250, unit: "MB" },
  ];
}

async function tab(url: string, cookie: string): Promise<WebSocket> {
  const { origin } = new URL(url);
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}api/v1/stream`, { headers: { cookie }, origin });
  socket.on("message", () => undefined);
  await once(socket, "open");
  const logs = { logs: ["web@n1"], tail: 100 };
  socket.send(JSON.stringify({ subscribe: ["cluster", "stats", logs] }));
  return socket;
}

async function logIn(url: string): Promise<string> {
  const answer = await fetch(new URL("api/v1/session", url), {
    method: "POST",
    headers: { "content-type": "application/json", origin: new URL(url).origin },
    body: JSON.stringify({ username: "anna", password: "correct horse" }),
  });
  if (!answer.ok) throw new Error(`The login was answered with ${String(answer.status)}: ${await answer.text()}`);
  return (answer.headers.get("set-cookie") ?? "").replace(/;.*/s, "");
}
