import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../../../src/domain/shell.ts";
import type { LabStatus } from "../../../src/lab/index.ts";
import { composeOn } from "../compose.ts";
import { onLab } from "../lab.ts";
import { call, median } from "../measure.ts";
import { sshLine, sshOptions } from "../peer.ts";
import { type Group, type LeftOut, pictl, type Row } from "../row.ts";

const megabyte = 1e6;
const baseBytes = 142 * megabyte;
const changedBytes = 5 * megabyte;
const runs = 3;
const registryPort = 15_000;

/**
 * An image of 147 MB of which 5 MB change, from this machine to three nodes at 100 Mbit/s: built on one and given to the
 * others, against `docker save` from here and a registry here, which both have the image already.
 */
export const rows: Group = () =>
  onLab({ name: "bench-dl", nodes: 3, docker: true }, async (lab) => {
    const folder = join(lab.dir, "docker", "app");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "Dockerfile"), 'FROM scratch\nCOPY base /\nCOPY app /\nCMD ["/app"]\n');
    await writeFile(join(folder, "base"), randomBytes(baseBytes));
    const change = (): Promise<void> => writeFile(join(folder, "app"), randomBytes(changedBytes));
    const build = (): Promise<unknown> => call(...pictl, "build", "app", "--config", lab.config);
    await change();
    await want(lab, ["n1", "n2", "n3"]);
    await build();
    await slowDown(lab);
    const all = await sampled(lab, { change, work: build });
    await theSameEverywhere(lab);
    const saved = await bySave(lab);
    await want(lab, ["n1"]);
    const registry = await byRegistry(lab, { change, build });
    const one = await sampled(lab, { change, work: build });
    const composed = await byCompose(lab, change);
    // A lab leaves what it has not made itself.
    await rm(folder, { recursive: true });
    await rm(join(lab.dir, "registry"), { recursive: true });
    await rm(join(lab.dir, "registry.yml"));
    const what = "an image of 147 MB with 5 MB changed to three nodes at 100 Mbit/s";
    return [
      { what: `on the wire for ${what}`, value: all.bytes / megabyte, atMost: 25, unit: "MB" },
      { what: `wall time of ${what}`, value: all.seconds, atMost: 6, unit: "s" },
      {
        what: `wall time of ${what}, against docker save | ssh docker load of what is built`,
        value: all.seconds / saved,
        atMost: 0.3,
        unit: "×",
      },
      {
        what: `wall time of ${what}, against pulling what is built through ssh -R from a registry`,
        value: all.seconds / registry,
        atMost: 3,
        unit: "×",
      },
      {
        what: "on the wire for a build on one node with 5 MB changed",
        value: one.bytes / megabyte,
        atMost: 6,
        unit: "MB",
      },
      against(`wall time of ${what}`, all.seconds, typeof composed === "string" ? composed : composed.all),
      against("wall time of a build on one node", one.seconds, typeof composed === "string" ? composed : composed.one),
    ];
  });

function against(what: string, seconds: number, composed: number | string): Row | LeftOut {
  const whole = `${what}, against docker compose build over DOCKER_HOST=ssh://`;
  if (typeof composed === "string") return { what: whole, because: composed };
  return { what: whole, value: seconds / composed, atMost: 1.2, unit: "×" };
}

async function want(lab: LabStatus, on: readonly string[]): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const layout = lab.nodes.map(({ node }) => (on.includes(node) ? { node, app: "" } : { node }));
  await writeFile(lab.config, JSON.stringify({ ...config, layout, hb: [], container_host_constraints: [] }), {
    mode: 0o600,
  });
}

/** Each line, to a node, to this machine and from it, as an uplink at home. */
async function slowDown({ name, nodes, switchPid }: LabStatus): Promise<void> {
  const limit = ["root", "tbf", "rate", "100mbit", "burst", "128kb", "latency", "50ms"];
  for (const port of ["controller", ...nodes.map(({ node }) => node)]) {
    await call("nsenter", "--target", String(switchPid), "--net", "tc", "qdisc", "add", "dev", port, ...limit);
  }
  await call("tc", "qdisc", "add", "dev", `pl-${name}`, ...limit);
}

interface Sample {
  readonly bytes: number;
  readonly seconds: number;
}

/** Medians of what went over the nodes' lines, in both directions, and how long it took. */
async function sampled(
  lab: LabStatus,
  { change, work }: { readonly change: () => Promise<void>; readonly work: () => Promise<unknown> },
): Promise<Sample> {
  const taken: Sample[] = [];
  for (let run = 0; run < runs; run++) {
    await change();
    const before = await bytesOf(lab);
    const began = performance.now();
    await work();
    taken.push({ seconds: (performance.now() - began) / 1000, bytes: (await bytesOf(lab)) - before });
  }
  return { bytes: median(taken.map(({ bytes }) => bytes)), seconds: median(taken.map(({ seconds }) => seconds)) };
}

async function bytesOf({ nodes }: LabStatus): Promise<number> {
  const counted = nodes.map(async ({ pid }) => {
    const devices = await call("nsenter", "--target", String(pid), "--net", "cat", "/proc/net/dev");
    const [, received, sent] = /eth0:\s*(\d+)(?:\s+\d+){7}\s+(\d+)/.exec(devices) ?? [];
    return Number(received) + Number(sent);
  });
  return (await Promise.all(counted)).reduce((sum, each) => sum + each, 0);
}

async function theSameEverywhere(lab: LabStatus): Promise<void> {
  const ids = await Promise.all(
    lab.nodes.map((_, index) => onNode(lab, index, "docker image ls -q --no-trunc app:latest")),
  );
  if (new Set(ids).size !== 1) throw new Error(`The nodes have different images: ${ids.join(" ")}`);
}

function onNode(lab: LabStatus, index: number, command: string): Promise<string> {
  return call("sh", "-c", `${sshLine(lab, index)} ${quote(command)}`);
}

/** The whole image each time, since that is what an archive has. Seconds. */
async function bySave(lab: LabStatus): Promise<number> {
  const archive = join(lab.dir, "app.tar");
  await call("sh", "-c", `${sshLine(lab, 0)} docker save app >${quote(archive)}`);
  const began = performance.now();
  await Promise.all(
    lab.nodes.map((_, index) => call("sh", "-c", `${sshLine(lab, index)} docker load <${quote(archive)}`)),
  );
  await rm(archive);
  return (performance.now() - began) / 1000;
}

/** Of the nodes each pulls what has changed, from a registry here that has it. Seconds. */
async function byRegistry(
  lab: LabStatus,
  { change, build }: { readonly change: () => Promise<void>; readonly build: () => Promise<unknown> },
): Promise<number> {
  const settings = join(lab.dir, "registry.yml");
  const storage = { filesystem: { rootdirectory: join(lab.dir, "registry") } };
  await writeFile(
    settings,
    JSON.stringify({ version: 0.1, storage, http: { addr: `127.0.0.1:${String(registryPort)}` } }),
  );
  const registry = spawn("docker-registry", ["serve", settings], { stdio: "ignore" });
  const image = `127.0.0.1:${String(registryPort)}/app`;
  const forward = [
    "-N",
    "-o",
    "ExitOnForwardFailure=yes",
    "-R",
    `127.0.0.1:${String(registryPort)}:127.0.0.1:${String(registryPort)}`,
  ];
  const tunnels = lab.nodes.map(({ address }) =>
    spawn("ssh", [...sshOptions(lab), ...forward, `root@${address}`], { stdio: "ignore" }),
  );
  const push = `docker tag app ${image} && until docker push ${image}; do sleep 0.2; done`;
  try {
    await onNode(lab, 0, push);
    await Promise.all(lab.nodes.map((_, index) => onNode(lab, index, `docker pull ${image}`)));
    const taken: number[] = [];
    for (let run = 0; run < runs; run++) {
      await change();
      await build();
      await onNode(lab, 0, push);
      // The version before stays, without a name, as it does on the others.
      await onNode(lab, 0, `docker rmi app ${image}`);
      const began = performance.now();
      await Promise.all(lab.nodes.map((_, index) => onNode(lab, index, `docker pull ${image}`)));
      taken.push((performance.now() - began) / 1000);
    }
    return median(taken);
  } finally {
    for (const each of [registry, ...tunnels]) each.kill();
  }
}

/** Builds on each node, as compose gives images to nobody; or the reason why it cannot be told. Seconds. */
async function byCompose(
  lab: LabStatus,
  change: () => Promise<void>,
): Promise<{ readonly one: number; readonly all: number } | string> {
  const compose = await composeOn(lab);
  if (typeof compose === "string") return compose;
  const folder = join(lab.dir, "compose");
  await mkdir(folder);
  await writeFile(
    join(folder, "compose.yaml"),
    JSON.stringify({ services: { app: { build: join(lab.dir, "docker", "app") } } }),
  );
  const everywhere = lab.nodes.map((_, index) => index);
  const on = (nodes: readonly number[]) => ({
    change,
    work: () => Promise.all(nodes.map((index) => compose.run(index, folder, "build"))),
  });
  try {
    await on(everywhere).work();
    return { all: (await sampled(lab, on(everywhere))).seconds, one: (await sampled(lab, on([0]))).seconds };
  } finally {
    await rm(folder, { recursive: true });
    await compose.close();
  }
}
