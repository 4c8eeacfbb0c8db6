import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LabStatus } from "../../../src/lab/index.ts";
import { quote } from "../../../src/domain/shell.ts";
import { onLab } from "../lab.ts";
import { compare } from "../measure.ts";
import { sshLine } from "../peer.ts";
import { onProcessor } from "../processor.ts";
import { type Group, pictl, type Row } from "../row.ts";

const files = 1000;
const fileBytes = 200_000;
const atLeast = 0.8;

const what = `of build with a context of ${String((files * fileBytes) / 1e6)} MB`;
const time = `wall time ${what} against tar | ssh docker build -`;

/**
 * A build folder of 200 MB on its way to a node, against `tar` and OpenSSH with no digest to compute: with a processor
 * for the node and one for the controller, as when they are two machines, and with all work on the same ones; each with
 * files that pictl has read before and with files that it has not.
 */
export const rows: Group = async () => {
  const apart = await onLab({ name: "bench-ctx", nodes: 1, docker: true, processor: 1 }, (lab) =>
    against(lab, (argv) => onProcessor(0, argv)),
  );
  const together = await onLab({ name: "bench-ctx", nodes: 1, docker: true }, (lab) => against(lab, (argv) => argv));
  const row = (value: number, how: string): Row => ({ what: `${time}, ${how}`, value, atMost: 1 / atLeast, unit: "×" });
  return [
    row(apart.known, "a processor each"),
    row(apart.fresh, "a processor each, all files new"),
    row(together.known, "both on this machine's processors"),
    row(together.fresh, "both on this machine's processors, all files new"),
    { what: `memory ${what}`, value: together.peakBytes / 1e6, atMost: 200, unit: "MB" },
  ];
};

interface Compared {
  /** Of the wall time of `tar | ssh docker build -`. */
  readonly known: number;
  readonly fresh: number;
  readonly peakBytes: number;
}

async function against(lab: LabStatus, placed: (argv: readonly string[]) => readonly string[]): Promise<Compared> {
  const folder = join(dirname(lab.config), "docker", "big");
  await fill(folder);
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const changed = { ...config, layout: [{ node: "n1", big: "" }], hb: [], container_host_constraints: [] };
  await writeFile(lab.config, JSON.stringify(changed), { mode: 0o600 });
  const peer = `tar c -C ${quote(folder)} . | ${sshLine(lab, 0)} docker build -t peer -`;
  const ours = [...pictl, "build", "big", "--force", "--config", lab.config];
  const forgetting = `rm -rf ${quote(join(dirname(lab.config), "state", "contexts"))} && exec "$@"`;
  const { fresh, known, tar } = await compare(
    {
      fresh: placed(["bash", "-c", forgetting, "bash", ...ours]),
      known: placed(ours),
      tar: placed(["bash", "-o", "pipefail", "-c", peer]),
    },
    7,
  );
  if (!fresh || !known || !tar) throw new Error("a peer is missing");
  return {
    known: known.wallMs / tar.wallMs,
    fresh: fresh.wallMs / tar.wallMs,
    peakBytes: Math.max(fresh.peakBytes, known.peakBytes),
  };
}

/** Of random data, so that nothing on the way can make it shorter. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  for (let index = 0; index < files; index++) {
    await writeFile(join(folder, `${String(index)}.bin`), randomBytes(fileBytes));
  }
}
