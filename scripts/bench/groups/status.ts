import { readFile, writeFile } from "node:fs/promises";
import { onLab } from "../lab.ts";
import { compare } from "../measure.ts";
import { onProcessor } from "../processor.ts";
import { type Group, pictl, type Row } from "../row.ts";

/** `status` of nodes with two containers each: what it adds to a connection to each. */
export const rows: Group = async () => [
  // As two machines, neither of which takes a processor from the other.
  await against({ nodes: 1, processor: 0 }, { on: 1, atMost: 1.2 }),
  // Three nodes answer at once on this machine's processors, and pictl reads meanwhile.
  await against({ nodes: 3 }, { atMost: 1.4 }),
];

/** `on`: the processor of pictl. */
function against(
  lab: { readonly nodes: number; readonly processor?: number },
  { on, atMost }: { readonly on?: number; readonly atMost: number },
): Promise<Row> {
  return onLab({ name: "bench-status", docker: true, ...lab }, async ({ config }) => {
    const wanted = JSON.parse(await readFile(config, "utf8")) as { readonly nodes: object };
    const layout = Object.keys(wanted.nodes).map((node) => ({ node, web: "", clock: "" }));
    await writeFile(config, JSON.stringify({ ...wanted, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    const run = (...words: string[]): readonly string[] => {
      const argv = [...pictl, ...words, "--config", config];
      return on === undefined ? argv : onProcessor(on, argv);
    };
    await compare({ create: run("create") }, 1);
    const { status, exec } = await compare({ status: run("status"), exec: run("exec", "true") }, 15);
    if (!status || !exec) throw new Error("a peer is missing");
    const where = lab.nodes === 1 ? "one node" : `${String(lab.nodes)} nodes on one machine`;
    const what = `wall time of status of two containers on ${where} against exec true`;
    return { what, value: status.wallMs / exec.wallMs, atMost, unit: "×" };
  });
}
