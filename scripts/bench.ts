/**
 * `npm run bench`: pictl against real peers, as ratios within one run on this machine. Each row says what it must be
 * at most; a row beyond its bound makes the exit code 1. Needs root (it brings up a lab) and clustershell and pssh.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { labDown, labUp } from "../src/lab/index.ts";
import { compare } from "./bench/measure.ts";

interface Row {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
  readonly unit: "×" | "MB";
}

const pictl = [process.execPath, fileURLToPath(new URL("../bin/run.js", import.meta.url))];
const rows = [...(await coldStart()), ...(await fanOut())];
report(rows);

async function coldStart(): Promise<Row[]> {
  const runs = await compare(
    {
      node: [process.execPath, "-e", "0"],
      version: [...pictl, "--version"],
      help: [...pictl, "nodes", "--help"],
    },
    21,
  );
  const ratio = (name: string): number => (runs[name]?.cpuMs ?? 0) / (runs.node?.cpuMs ?? 1);
  return [
    { what: "CPU of `pictl --version` against `node -e 0`", value: ratio("version"), atMost: 1.3, unit: "×" },
    { what: "CPU of `pictl nodes --help` against `node -e 0`", value: ratio("help"), atMost: 2.2, unit: "×" },
  ];
}

/** `true` on 64 nodes with sshd alone: pictl, clush and parallel-ssh, the peers with ssh's own defaults. */
async function fanOut(): Promise<Row[]> {
  const nodes = 64;
  const abort = new AbortController();
  const quiet = { step: () => ({ update() {}, done() {}, fail() {} }), warn: () => undefined };
  const ports = { progress: quiet, signal: abort.signal };
  const scratch = await mkdtemp(join(tmpdir(), "pictl-bench-"));
  const lab = await labUp({ name: "bench", nodes, docker: false, install: true }, ports);
  try {
    const addresses = lab.nodes.map((node) => node.address);
    const ssh = ["-i", join(lab.dir, "key"), "-o", `UserKnownHostsFile=${join(lab.dir, "known_hosts")}`];
    const hosts = join(scratch, "hosts");
    await writeFile(hosts, addresses.map((address) => `root@${address}\n`).join(""));
    const runs = await compare(
      {
        pictl: [...pictl, "exec", "true", "--config", lab.config, "--concurrency", String(nodes)],
        clush: ["clush", "-f", String(nodes), "-l", "root", "-o", ssh.join(" "), "-w", addresses.join(","), "true"],
        pssh: ["parallel-ssh", "-p", String(nodes), "-h", hosts, ...ssh.flatMap((word) => ["-x", word]), "true"],
      },
      5,
    );
    const { pictl: ours, clush, pssh } = runs;
    if (!ours || !clush || !pssh) throw new Error("a peer is missing");
    const against = (peer: typeof ours, name: string): Row[] => [
      {
        what: `wall time of exec on ${String(nodes)} nodes against ${name}`,
        value: ours.wallMs / peer.wallMs,
        atMost: 0.6,
        unit: "×",
      },
      {
        what: `CPU of exec on ${String(nodes)} nodes against ${name}`,
        value: ours.cpuMs / peer.cpuMs,
        atMost: 0.25,
        unit: "×",
      },
    ];
    return [
      ...against(clush, "clush"),
      ...against(pssh, "parallel-ssh"),
      { what: `memory of exec on ${String(nodes)} nodes`, value: ours.peakBytes / 1e6, atMost: 150, unit: "MB" },
    ];
  } finally {
    await labDown({ name: "bench" }, ports);
    await rm(scratch, { recursive: true });
  }
}

function report(rows: readonly Row[]): void {
  for (const { what, value, atMost, unit } of rows) {
    const verdict = value <= atMost ? "ok  " : "MISS";
    process.stdout.write(
      `${verdict}  ${value.toFixed(2).padStart(7)} ${unit.padEnd(2)}  at most ${String(atMost)}  ${what}\n`,
    );
  }
  if (rows.some((row) => row.value > row.atMost)) process.exitCode = 1;
}
