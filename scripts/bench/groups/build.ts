import { readFile, writeFile } from "node:fs/promises";
import { onLab } from "../lab.ts";
import { compare } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

const nodes = 3;

/** `build` of three nodes whose images are up to date: what it adds to a connection to each. */
export const rows: Group = () =>
  onLab({ name: "bench-build", nodes, docker: true }, async ({ config }) => {
    const wanted = JSON.parse(await readFile(config, "utf8")) as { readonly nodes: object };
    const layout = Object.keys(wanted.nodes).map((node) => ({ node, web: "", clock: "" }));
    const changed = { ...wanted, layout, hb: [], container_host_constraints: [] };
    await writeFile(config, JSON.stringify(changed), { mode: 0o600 });
    const build = [...pictl, "build", "--config", config];
    await compare({ build }, 1);
    const { again, exec } = await compare({ again: build, exec: [...pictl, "exec", "true", "--config", config] }, 11);
    if (!again || !exec) throw new Error("a peer is missing");
    const what = `wall time of build with nothing changed on ${String(nodes)} nodes against exec true`;
    return [{ what, value: again.wallMs / exec.wallMs, atMost: 1.5, unit: "×" }];
  });
