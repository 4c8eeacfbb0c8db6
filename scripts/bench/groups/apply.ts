import { readFile, writeFile } from "node:fs/promises";
import type { LabStatus } from "../../../src/lab/index.ts";
import { onLab } from "../lab.ts";
import { call } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

type Layout = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** Thirty containers on three nodes of which ten change, five go, three move and two get another name, and five new ones. */
export const rows: Group = () =>
  onLab({ name: "bench-apply", nodes: 3, docker: true }, async (lab) => {
    await want(lab, Object.fromEntries(names(lab).map((node) => [node, { web: {} }])));
    await call(...pictl, "build", "--config", lab.config);
    await call(...pictl, "exec", "docker tag web plain:1; docker tag web plain:2", "--config", lab.config);
    await want(lab, before(lab));
    await apply(lab);
    await want(lab, after(lab));
    const began = performance.now();
    await apply(lab);
    const seconds = (performance.now() - began) / 1000;
    await call(...pictl, "plan", "--detailed-exitcode", "--config", lab.config);
    return [
      { what: "wall time of apply, 25 changes of 30 containers on 3 nodes", value: seconds, atMost: 12, unit: "s" },
    ];
  });

function apply(lab: LabStatus): Promise<string> {
  return call(...pictl, "apply", "--yes", "--config", lab.config);
}

function names({ nodes }: LabStatus): readonly string[] {
  return nodes.map(({ node }) => node);
}

async function want(lab: LabStatus, entries: Layout): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const layout = names(lab).map((node) => ({ node, ...entries[node] }));
  await writeFile(lab.config, JSON.stringify({ ...config, layout, hb: [], container_host_constraints: [] }), {
    mode: 0o600,
  });
}

/** Every third one has a port. */
function entry(index: number, { image = "plain:1", version = "1" } = {}): object {
  return { image, args: index % 3 === 0 ? `-p ${String(8100 + index)}:80` : "", env: { V: version } };
}

/** Each container's name and node, and what it is to be. */
function spread(lab: LabStatus, all: readonly (readonly [name: string, node: number, entry: object])[]): Layout {
  const layout: Record<string, Record<string, object>> = {};
  for (const [name, node, each] of all) {
    const on = names(lab)[node % 3] ?? "";
    layout[on] = { ...layout[on], [name]: each };
  }
  return layout;
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

function before(lab: LabStatus): Layout {
  return spread(
    lab,
    range(0, 30).map((index) => [`c${String(index)}`, index, entry(index)]),
  );
}

function after(lab: LabStatus): Layout {
  return spread(lab, [
    ...range(0, 5).map((index) => [`c${String(index)}`, index, entry(index, { image: "plain:2" })] as const),
    ...range(5, 10).map((index) => [`c${String(index)}`, index, entry(index, { version: "2" })] as const),
    ...range(15, 18).map((index) => [`c${String(index)}`, index + 1, entry(index)] as const),
    ...range(20, 22).map(
      (index) => [`r${String(index)}`, index, { ...entry(index), renamed_from: `c${String(index)}` }] as const,
    ),
    ...[18, 19, ...range(22, 30)].map((index) => [`c${String(index)}`, index, entry(index)] as const),
    ...range(0, 5).map((index) => [`new${String(index)}`, index, entry(index === 0 ? 12 : 1)] as const),
  ]);
}
