import { readFile, writeFile } from "node:fs/promises";
import { onLab } from "../lab.ts";
import { compare } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

const nodes = 3;

/** `status` of three nodes with two containers each: what it adds to a connection to each. */
export const rows: Group = () =>
  onLab({ name: "bench-status", nodes, docker: true }, async ({ config }) => {
    const wanted = JSON.parse(await readFile(config, "utf8")) as { readonly nodes: object };
    const layout = Object.keys(wanted.nodes).map((node) => ({ node, web: "", clock: "" }));
    await writeFile(config, JSON.stringify({ ...wanted, layout, hb: [], container_host_constraints: [] }), {
      mode: 0o600,
    });
    await compare({ create: [...pictl, "create", "--config", config] }, 1);
    const { status, exec } = await compare(
      { status: [...pictl, "status", "--config", config], exec: [...pictl, "exec", "true", "--config", config] },
      15,
    );
    if (!status || !exec) throw new Error("a peer is missing");
    const what = `wall time of status of ${String(2 * nodes)} containers on ${String(nodes)} nodes against exec true`;
    return [{ what, value: status.wallMs / exec.wallMs, atMost: 1.2, unit: "×" }];
  });
