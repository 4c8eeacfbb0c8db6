import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabStatus } from "../../../src/lab/index.ts";
import { writeMoodyImage } from "../../../test/support/moody-image.ts";
import { lostIn, watchOutage } from "../../../test/support/outage.ts";
import { composeOn } from "../compose.ts";
import { onLab } from "../lab.ts";
import { call, median } from "../measure.ts";
import { type Group, type LeftOut, pictl, type Row } from "../row.ts";

const handOffs = 30;
const others = 5;

/** How long a client that asks 20 times a second gets no answer while a container is replaced that needs 3 s to listen. */
export const rows: Group = () =>
  onLab({ name: "bench-re", nodes: 1, docker: true }, async (lab) => {
    const takeAway = writeMoodyImage(join(lab.dir, "docker"), "app");
    const plain: number[] = [];
    await want(lab, "-p 8080:80");
    for (let nth = 0; nth < others; nth++) plain.push(await lostBy(lab, () => plainly(lab, "-p 8080:80")));
    await call(...pictl, "exec", "docker rm -f app", "--config", lab.config);
    const composed = await byCompose(lab);
    // One that pictl made.
    await run(lab, "create");
    const handedOff: number[] = [];
    for (let nth = 0; nth < handOffs; nth++) handedOff.push(await lostBy(lab, () => run(lab, "create", "--recreate")));
    await want(lab, "-p 8080:80 -v /srv/app:/data");
    await run(lab, "create", "--recreate");
    const stopped: number[] = [];
    for (let nth = 0; nth < others; nth++) stopped.push(await lostBy(lab, () => run(lab, "create", "--recreate")));
    await call(...pictl, "exec", "docker network create front", "--config", lab.config);
    await want(lab, "--network front");
    await run(lab, "create", "--recreate");
    const startedFirst: number[] = [];
    for (let nth = 0; nth < others; nth++) startedFirst.push(await lostInside(lab));
    takeAway();
    const p95 = handedOff.sort((a, b) => a - b)[Math.ceil(handOffs * 0.95) - 1] ?? Infinity;
    return [
      row(`lost by a hand-off, p95 of ${String(handOffs)}`, p95, 0.6),
      row(`lost by start-first, to a client in its network, most of ${String(others)}`, Math.max(...startedFirst), 0.1),
      { ...row("a hand-off against docker rm -f && docker run", p95 / median(plain), 0.2), unit: "×" },
      { ...row("stop-first against docker rm -f && docker run", median(stopped) / median(plain), 1.5), unit: "×" },
      against("a hand-off", p95, 0.2, composed),
      against("stop-first", median(stopped), 1.5, composed),
    ];
  });

function against(way: string, lost: number, atMost: number, composed: number | string): Row | LeftOut {
  const { what, ...rest } = row(`${way} against docker compose up -d over DOCKER_HOST=ssh://`, Number.NaN, atMost);
  if (typeof composed === "string") return { what, because: composed };
  return { what, ...rest, value: lost / composed, unit: "×" };
}

function row(what: string, value: number, atMost: number): Row {
  return { what: `service ${what}`, value, atMost, unit: "s" };
}

async function want(lab: LabStatus, args: string): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const layout = lab.nodes.map(({ node }) => ({ node, app: `${args} -e V=1 -e MODE=slow` }));
  const wanted = { ...config, layout, hb: [], container_host_constraints: [], automatic_heartbeat: "disabled" };
  await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
  await run(lab, "build");
}

/** What people do without pictl; resolves when it serves again. */
async function plainly(lab: LabStatus, args: string): Promise<void> {
  const line = `docker rm -f app >/dev/null; docker run -d --name app ${args} -e V=1 -e MODE=slow app >/dev/null`;
  const healthy = `until docker inspect --format '{{.State.Health.Status}}' app | grep -qx healthy; do sleep 0.1; done`;
  await call(...pictl, "exec", `${line}; ${healthy}`, "--config", lab.config);
}

/** The median of what a changed variable costs there, in seconds; or the reason why it cannot be told. */
async function byCompose(lab: LabStatus): Promise<number | string> {
  const compose = await composeOn(lab);
  if (typeof compose === "string") return compose;
  const folder = join(lab.dir, "compose");
  await mkdir(folder);
  const up = async (version: number): Promise<void> => {
    const app = { image: "app", ports: ["8080:80"], environment: { V: String(version), MODE: "slow" } };
    await writeFile(join(folder, "compose.yaml"), JSON.stringify({ services: { app } }));
    await compose.run(0, folder, "up", "--detach", "--wait");
  };
  try {
    await up(0);
    const taken: number[] = [];
    for (let nth = 1; nth <= others; nth++) taken.push(await lostBy(lab, () => up(nth)));
    await compose.run(0, folder, "down");
    return median(taken);
  } finally {
    await rm(folder, { recursive: true });
    await compose.close();
  }
}

async function lostBy(lab: LabStatus, work: () => Promise<void>): Promise<number> {
  const watch = watchOutage(`http://${lab.nodes[0]?.address ?? ""}:8080/`);
  await work();
  return (await watch.end()).lostMs / 1000;
}

/** Asked from a container beside it, by its name. */
async function lostInside(lab: LabStatus): Promise<number> {
  const asks = `while :; do at=$(cut -d" " -f1 /proc/uptime); echo $at $(wget -qO- http://app/ 2>/dev/null); usleep 50000; done`;
  const beside = `docker run -d --name client --network front --entrypoint sh app -c '${asks}' >/dev/null`;
  await call(...pictl, "exec", `docker rm -f client >/dev/null 2>&1; ${beside}`, "--config", lab.config);
  await run(lab, "create", "--recreate");
  const { result } = JSON.parse(
    await call(...pictl, "exec", "docker logs client 2>/dev/null", "--config", lab.config, "--json"),
  ) as { result: { nodes: { stdout: string }[] } };
  const seen = (result.nodes[0]?.stdout ?? "").split("\n").map((line) => {
    const [at, answer] = line.split(" ");
    return { at: Number(at) * 1000, answer: answer === "" ? undefined : answer };
  });
  if (seen.length < 20) throw new Error("the client in the network did not get to ask");
  return lostIn(seen.slice(0, -1)) / 1000;
}

async function run(lab: LabStatus, ...words: readonly string[]): Promise<void> {
  await call(...pictl, ...words, "--config", lab.config);
}
