import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quote } from "../../../src/domain/shell.ts";
import { onLab } from "../lab.ts";
import { compare } from "../measure.ts";
import { sshLine } from "../peer.ts";
import { type Group, pictl } from "../row.ts";

const files = 1000;
const fileBytes = 200_000;
const atLeast = 0.8;

/** A build folder of 200 MB on its way to a node, against `tar` and OpenSSH with no digest to compute. */
export const rows: Group = () =>
  onLab({ name: "bench-ctx", nodes: 1, docker: true }, async (lab) => {
    const folder = join(dirname(lab.config), "docker", "big");
    await fill(folder);
    const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
    const changed = { ...config, layout: [{ node: "n1", big: "" }], hb: [], container_host_constraints: [] };
    await writeFile(lab.config, JSON.stringify(changed), { mode: 0o600 });
    const peer = `tar c -C ${quote(folder)} . | ${sshLine(lab, 0)} docker build -t peer -`;
    const { ours, tar } = await compare(
      {
        ours: [...pictl, "build", "big", "--force", "--config", lab.config],
        tar: ["bash", "-o", "pipefail", "-c", peer],
      },
      5,
    );
    await rm(folder, { recursive: true });
    if (!ours || !tar) throw new Error("a peer is missing");
    const what = `of build with a context of ${String((files * fileBytes) / 1e6)} MB`;
    return [
      {
        what: `wall time ${what} against tar | ssh docker build -`,
        value: ours.wallMs / tar.wallMs,
        atMost: 1 / atLeast,
        unit: "×",
      },
      { what: `memory ${what}`, value: ours.peakBytes / 1e6, atMost: 200, unit: "MB" },
    ];
  });

/** Of random data, so that nothing on the way can make it shorter. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  for (let index = 0; index < files; index++) {
    await writeFile(join(folder, `${String(index)}.bin`), randomBytes(fileBytes));
  }
}
