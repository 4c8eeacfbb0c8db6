import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onLab } from "../lab.ts";
import { compare, type Measurement } from "../measure.ts";
import { type Group, pictl, type Row } from "../row.ts";

const nodes = 64;

/** `true` on 64 nodes with sshd alone: pictl, clush and parallel-ssh, the peers with ssh's own defaults. */
export const rows: Group = () =>
  onLab({ name: "bench", nodes, docker: false }, async (lab) => {
    const scratch = await mkdtemp(join(tmpdir(), "pictl-bench-"));
    try {
      const addresses = lab.nodes.map((node) => node.address);
      const ssh = ["-i", join(lab.dir, "key"), "-o", `UserKnownHostsFile=${join(lab.dir, "known_hosts")}`];
      const hosts = join(scratch, "hosts");
      await writeFile(hosts, addresses.map((address) => `root@${address}\n`).join(""));
      const { ours, clush, pssh } = await compare(
        {
          ours: [...pictl, "exec", "true", "--config", lab.config, "--concurrency", String(nodes)],
          clush: ["clush", "-f", String(nodes), "-l", "root", "-o", ssh.join(" "), "-w", addresses.join(","), "true"],
          pssh: ["parallel-ssh", "-p", String(nodes), "-h", hosts, ...ssh.flatMap((word) => ["-x", word]), "true"],
        },
        5,
      );
      if (!ours || !clush || !pssh) throw new Error("a peer is missing");
      return [
        ...against(ours, clush, "clush"),
        ...against(ours, pssh, "parallel-ssh"),
        { what: `memory of exec on ${String(nodes)} nodes`, value: ours.peakBytes / 1e6, atMost: 150, unit: "MB" },
      ];
    } finally {
      await rm(scratch, { recursive: true });
    }
  });

function against(ours: Measurement, peer: Measurement, name: string): Row[] {
  const what = `of exec on ${String(nodes)} nodes against ${name}`;
  return [
    { what: `wall time ${what}`, value: ours.wallMs / peer.wallMs, atMost: 0.6, unit: "×" },
    { what: `CPU ${what}`, value: ours.cpuMs / peer.cpuMs, atMost: 0.25, unit: "×" },
  ];
}
