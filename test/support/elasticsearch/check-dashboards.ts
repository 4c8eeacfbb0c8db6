/**
 * Checks saved objects without a Kibana: their form (what Kibana 8's type `dashboard` takes at an import; it refuses keys
 * that it does not know), their references, and each Lens panel's query, which a real node must answer with data.
 */
import type { ElasticNode } from "./index.ts";

interface SavedObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references?: readonly { readonly type: string; readonly id: string; readonly name: string }[];
}

interface Column {
  readonly operationType: string;
  readonly sourceField: string;
  readonly isBucketed: boolean;
  readonly params: { readonly size?: number };
}

interface Panel {
  readonly type: string;
  readonly panelIndex: string;
  readonly gridData: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
    readonly i: string;
  };
  readonly embeddableConfig: {
    readonly attributes: {
      readonly title: string;
      readonly references: readonly { readonly id: string; readonly name: string }[];
      readonly state: {
        readonly datasourceStates: {
          readonly formBased: {
            readonly layers: Readonly<
              Record<
                string,
                { readonly columnOrder: readonly string[]; readonly columns: Readonly<Record<string, Column>> }
              >
            >;
          };
        };
      };
    };
  };
}

const text = (value: unknown): boolean => typeof value === "string";
/** kbn: src/plugins/dashboard/server/dashboard_saved_object/schema */
const known: Readonly<Record<string, (value: unknown) => boolean>> = {
  title: text,
  description: text,
  panelsJSON: text,
  optionsJSON: text,
  timeRestore: (value) => typeof value === "boolean",
  kibanaSavedObjectMeta: (value) => text((value as { searchSourceJSON?: unknown }).searchSourceJSON),
};

const operations: Readonly<Record<string, (field: string, params: Column["params"]) => object | undefined>> = {
  count: () => undefined,
  average: (field) => ({ avg: { field } }),
  max: (field) => ({ max: { field } }),
  unique_count: (field) => ({ cardinality: { field } }),
  date_histogram: (field) => ({ date_histogram: { field, fixed_interval: "3h" } }),
  terms: (field, { size }) => ({ terms: { field, size } }),
};

/** What is wrong, a line each; panels are counted. */
export async function checkDashboards(
  ndjson: string,
  node: ElasticNode,
): Promise<{ problems: string[]; panels: number }> {
  const objects = ndjson
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SavedObject);
  const ids = new Set(objects.map(({ type, id }) => `${type}:${id}`));
  const problems: string[] = [];
  let panels = 0;
  for (const { type, id, attributes, references = [] } of objects) {
    for (const reference of references) {
      if (!ids.has(`${reference.type}:${reference.id}`)) problems.push(`${id}: ${reference.id} is not in the file`);
    }
    if (type !== "dashboard") continue;
    for (const [key, value] of Object.entries(attributes)) {
      if (known[key]?.(value) !== true) problems.push(`${id}: the attribute ${key} is unknown or has the wrong form`);
    }
    const all = JSON.parse(String(attributes["panelsJSON"])) as Panel[];
    if (new Set(all.map(({ panelIndex }) => panelIndex)).size !== all.length)
      problems.push(`${id}: a panelIndex is there twice`);
    for (const panel of all) {
      panels += 1;
      const { x, y, w, h, i } = panel.gridData;
      if (i !== panel.panelIndex || x < 0 || x + w > 48) problems.push(`${id}: panel ${i} does not fit`);
      const over = all.find(
        ({ gridData: other }) =>
          other.i !== i && x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h,
      );
      if (over) problems.push(`${id}: panel ${i} lies over ${over.panelIndex}`);
      if (!references.some(({ name }) => name.startsWith(`${panel.panelIndex}:`)))
        problems.push(`${id}: panel ${i} has no reference`);
      problems.push(...(await checkLens(id, { panel, objects, node })));
    }
  }
  return { problems, panels };
}

async function checkLens(
  id: string,
  {
    panel,
    objects,
    node,
  }: { readonly panel: Panel; readonly objects: readonly SavedObject[]; readonly node: ElasticNode },
): Promise<string[]> {
  const { title, state, references } = panel.embeddableConfig.attributes;
  const problems: string[] = [];
  for (const [layerId, layer] of Object.entries(state.datasourceStates.formBased.layers)) {
    const where = `${id}, "${title}"`;
    const view = references.find(({ name }) => name === `indexpattern-datasource-layer-${layerId}`);
    const index = objects.find((each) => each.type === "index-pattern" && each.id === view?.id)?.attributes["title"];
    if (!text(index)) return [`${where}: refers to no data view`];
    const { fields } = (await node.ask("GET", `/${String(index)}/_field_caps?fields=*`)) as {
      fields: Record<string, Record<string, { aggregatable: boolean }>>;
    };
    const tree: { aggs?: Record<string, object> } = {};
    let at = tree;
    for (const columnId of layer.columnOrder) {
      const column = layer.columns[columnId];
      if (!column) return [`${where}: ${columnId} is no column`];
      const caps = Object.values(fields[column.sourceField] ?? {})[0];
      if (column.sourceField !== "___records___" && caps?.aggregatable !== true) {
        problems.push(`${where}: ${column.sourceField} is no field that can be aggregated`);
        continue;
      }
      const aggregation = operations[column.operationType]?.(column.sourceField, column.params);
      if (aggregation === undefined) continue;
      at.aggs = { ...at.aggs, [columnId]: aggregation };
      if (column.isBucketed) at = aggregation;
    }
    const { aggregations } = (await node.ask("POST", `/${String(index)}/_search?size=0`, tree)) as {
      aggregations?: Record<string, { buckets?: unknown[] }>;
    };
    if (Object.values(aggregations ?? {})[0]?.buckets?.length === 0) problems.push(`${where}: the query finds no data`);
  }
  return problems;
}
