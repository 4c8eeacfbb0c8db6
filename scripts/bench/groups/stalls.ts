import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { call } from "../measure.ts";
import { onLab } from "../lab.ts";
import { type Group, pictl, type Row } from "../row.ts";
import { type Stall, stalls, startStallingServer } from "../stalling-server.ts";

const deadlineSeconds = 2;

/** How long after its deadline a command ends, wherever what it talks to goes silent. */
export const rows: Group = async () => {
  const dir = await mkdtemp(join(tmpdir(), "pictl-stalls-"));
  try {
    const measured: Row[] = [];
    for (const stall of stalls) measured.push(await besideServer(dir, stall));
    return [...measured, await besideNameServer(dir), await besideStoppedSshd(), await besideDocker()];
  } finally {
    await rm(dir, { recursive: true });
  }
};

async function besideServer(dir: string, stall: Stall): Promise<Row> {
  const hostKey = ssh2.utils.generateKeyPairSync("ed25519");
  const server = await startStallingServer(stall, hostKey.private);
  try {
    await writeFile(join(dir, "known_hosts"), `[127.0.0.1]:${String(server.port)} ${hostKey.public}\n`);
    const config = await writeConfig(dir, { address: "127.0.0.1", port: server.port });
    return rowOf(`SSH stalls ${stall}`, await endsAfter(execOn(config, "true")));
  } finally {
    server.stop();
  }
}

/** A name server that is there and never answers, for the command alone. */
async function besideNameServer(dir: string): Promise<Row> {
  const silent = createSocket("udp4");
  silent.bind(53, "127.0.0.99");
  await once(silent, "listening");
  try {
    const resolver = join(dir, "resolv.conf");
    await writeFile(resolver, "nameserver 127.0.0.99\n");
    const config = await writeConfig(dir, { address: "node.example", port: 22 });
    const script = `mount --bind ${resolver} /etc/resolv.conf && exec "$@"`;
    return rowOf(
      "the name server stalls",
      await endsAfter(["unshare", "--mount", "sh", "-c", script, "sh", ...execOn(config, "true")]),
    );
  } finally {
    silent.close();
  }
}

/** A real one, whose command is known to run. */
async function besideStoppedSshd(): Promise<Row> {
  return onLab({ name: "bench-stalls", nodes: 1, docker: false }, async (lab) => {
    const command = execOn(lab.config, "echo begun; pkill -STOP sshd; sleep 60");
    return rowOf("sshd stands still in the middle of the output", await endsAfter(command));
  });
}

async function besideDocker(): Promise<Row> {
  return onLab({ name: "bench-stalls", nodes: 1, docker: true }, async (lab) => {
    const engine = await inside(lab.nodes[0]?.pid, "cat /run/docker.pid");
    await inside(lab.nodes[0]?.pid, `kill -STOP ${engine}`);
    try {
      return rowOf("Docker stalls", await endsAfter(execOn(lab.config, "docker ps")));
    } finally {
      await inside(lab.nodes[0]?.pid, `kill -CONT ${engine}`);
    }
  });
}

async function inside(pid: number | null | undefined, line: string): Promise<string> {
  return (await call("nsenter", "--target", String(pid), "--all", "sh", "-c", line)).trim();
}

async function writeConfig(dir: string, node: { readonly address: string; readonly port: number }): Promise<string> {
  const path = join(dir, "config.json");
  const key = ssh2.utils.generateKeyPairSync("ed25519");
  await writeFile(join(dir, "key"), key.private, { mode: 0o600 });
  const ssh = {
    user: "root",
    identity_file: "key",
    known_hosts_file: "known_hosts",
    connect_timeout: deadlineSeconds,
  };
  const config = { layout: [{ node: "n1" }], nodes: { n1: node }, ssh, state_dir: "state" };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

function execOn(config: string, line: string): readonly string[] {
  return [...pictl, "exec", "--config", config, "--timeout", String(deadlineSeconds), line];
}

/** Seconds until a command line ended, which must be with a failure: what it waits for never comes. */
async function endsAfter([program = "", ...args]: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = execFile(program, args, { timeout: 60_000 });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) throw new Error(`${args.join(" ")} succeeded, though nobody answered it`);
  return (performance.now() - startedAt) / 1000;
}

function rowOf(where: string, seconds: number): Row {
  return { what: `beyond the deadline when ${where}`, value: seconds - deadlineSeconds, atMost: 1, unit: "s" };
}
