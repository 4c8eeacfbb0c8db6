import type { LiveContainer } from "../../watch/model.ts";

/** The config as its file says it, its secrets hidden. Any of it may be of the wrong shape. */
export interface ConfigDocument {
  readonly layout?: readonly Readonly<Record<string, unknown>>[];
  readonly hb?: readonly Readonly<Record<string, unknown>>[];
  readonly container_host_constraints?: readonly { readonly container?: unknown }[];
}

/** What the config says of a container on its node; undefined where it has no such entry. */
export function entryOf(
  { layout, hb }: ConfigDocument,
  { container, node }: Pick<LiveContainer, "container" | "node">,
) {
  const here = layout?.find((each) => each["node"] === node)?.[container];
  if (here === undefined) return undefined;
  const check = hb?.find((each) => each["node"] === node)?.[container];
  return { here, check };
}

/** What can be edited of an entry; `args` is undefined where a part of them is hidden. */
export function editable(document: ConfigDocument, row: Pick<LiveContainer, "container" | "node">) {
  const entry = entryOf(document, row);
  const said = entry?.here;
  const object = typeof said === "object" && said !== null ? (said as Readonly<Record<string, unknown>>) : {};
  const args = typeof said === "string" ? said : object["args"];
  const text = (value: unknown): string =>
    typeof value === "string" || typeof value === "number" ? String(value) : "";
  return {
    args: text(args).includes("[REDACTED]") ? undefined : text(args),
    image: text(object["image"]),
    hb: text(entry?.check),
  };
}
