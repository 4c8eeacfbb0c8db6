/** One column of a Lens table: how values are grouped, or what is counted of them. */
export interface LensColumn {
  readonly label: string;
  readonly operationType: "date_histogram" | "terms" | "count" | "average" | "max" | "unique_count";
  /** A field; left out for a count. */
  readonly field?: string;
  /** KQL: only what matches is counted. */
  readonly filter?: string;
  readonly format?: "percent" | "bytes";
  /** Of terms: so many of the greatest. */
  readonly size?: number;
}

export interface LensPanel {
  readonly title: string;
  readonly type: "bar_stacked" | "line" | "table";
  /** The data view's id. */
  readonly view: string;
  /** KQL for the whole panel. */
  readonly query?: string;
  /** Along the time axis, or the first column of a table. */
  readonly rows: LensColumn;
  readonly split?: LensColumn;
  readonly values: readonly LensColumn[];
  /** In a grid of 48 columns. */
  readonly at: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const layer = "layer";

/** A panel of a dashboard, with what it refers to, as Kibana 8 stores it. Keys that Kibana does not know make it refuse all. */
export function panelOf(panel: LensPanel, index: number): { readonly panel: object; readonly reference: object } {
  const panelIndex = String(index + 1);
  const { title, view, at } = panel;
  const name = `indexpattern-datasource-layer-${layer}`;
  return {
    panel: {
      type: "lens",
      panelIndex,
      gridData: { ...at, i: panelIndex },
      embeddableConfig: {
        enhancements: {},
        attributes: {
          title,
          type: "lens",
          visualizationType: panel.type === "table" ? "lnsDatatable" : "lnsXY",
          references: [{ type: "index-pattern", id: view, name }],
          state: stateOf(panel),
        },
      },
      title,
    },
    reference: { type: "index-pattern", id: view, name: `${panelIndex}:${name}` },
  };
}

function stateOf(panel: LensPanel): object {
  const columns = columnsOf(panel);
  return {
    datasourceStates: {
      formBased: {
        layers: {
          [layer]: {
            columnOrder: columns.map(([id]) => id),
            columns: Object.fromEntries(columns.map(([id, column]) => [id, stored(column)])),
            incompleteColumns: {},
          },
        },
      },
    },
    visualization: panel.type === "table" ? tableOf(columns.map(([id]) => id)) : graphOf(panel),
    query: { query: panel.query ?? "", language: "kuery" },
    filters: [],
  };
}

function columnsOf({ rows, split, values }: LensPanel): readonly (readonly [string, LensColumn])[] {
  return [
    ["rows", rows],
    ...(split ? [["split", split] as const] : []),
    ...values.map((value, index) => [`value${String(index)}`, value] as const),
  ];
}

function stored({ label, operationType, field, filter, format, size }: LensColumn): object {
  const bucketed = operationType === "date_histogram" || operationType === "terms";
  return {
    label,
    customLabel: true,
    operationType,
    sourceField: field ?? "___records___",
    isBucketed: bucketed,
    dataType: operationType === "date_histogram" ? "date" : operationType === "terms" ? "string" : "number",
    scale: operationType === "date_histogram" ? "interval" : operationType === "terms" ? "ordinal" : "ratio",
    ...(filter === undefined ? {} : { filter: { query: filter, language: "kuery" } }),
    params: paramsOf({ operationType, format, size }),
  };
}

function paramsOf({
  operationType,
  format,
  size,
}: Pick<LensColumn, "operationType"> & { format: LensColumn["format"]; size: number | undefined }): object {
  if (operationType === "date_histogram") return { interval: "auto", includeEmptyRows: true, dropPartials: false };
  if (operationType === "terms") {
    return {
      size: size ?? 20,
      orderBy: { type: "column", columnId: "value0" },
      orderDirection: "desc",
      otherBucket: false,
      missingBucket: false,
    };
  }
  return format === undefined ? {} : { format: { id: format, params: { decimals: format === "percent" ? 0 : 1 } } };
}

function graphOf({ type, split, values }: LensPanel): object {
  return {
    preferredSeriesType: type,
    legend: { isVisible: true, position: "right" },
    valueLabels: "hide",
    layers: [
      {
        layerId: layer,
        layerType: "data",
        seriesType: type,
        xAccessor: "rows",
        accessors: values.map((_, index) => `value${String(index)}`),
        ...(split ? { splitAccessor: "split" } : {}),
      },
    ],
  };
}

function tableOf(ids: readonly string[]): object {
  return { layerId: layer, layerType: "data", columns: ids.map((columnId) => ({ columnId })) };
}
