import type { RawConfig } from "../config/raw.ts";
import { type ContainerEdit, addEntries, put } from "../container/edits/entries.ts";
import { PictlError } from "../errors.ts";
import { sameValue } from "./same-value.ts";
import type { Imported } from "./import.ts";

/** Where services are to run. */
export interface ComposePlaces {
  /** Of each service that has none of its own. */
  readonly nodes: readonly string[];
  readonly byService: ReadonlyMap<string, readonly string[]>;
}

export interface PlannedImport {
  readonly edits: readonly ContainerEdit[];
  readonly services: readonly {
    readonly service: string;
    readonly container: string;
    readonly nodes: readonly string[];
    readonly changes: readonly string[];
    readonly notes: readonly string[];
  }[];
  /** Names of the networks that the config gets. */
  readonly networks: readonly string[];
}

/**
 * The edits that take what was imported into a config. What stands there already as it would be written is left alone.
 * Throws unknown-node, and usage for a service without a node and for an entry that says something else.
 */
export function planImport(
  raw: RawConfig,
  imported: Imported,
  places: ComposePlaces & { readonly known: readonly string[] },
): PlannedImport {
  refuseUnknown(imported, places);
  const services: PlannedImport["services"][number][] = [];
  const edits: ContainerEdit[] = [];
  let layout = raw.layout ?? [];
  for (const { service, name, entry, notes } of imported.services) {
    const nodes = places.byService.get(service) ?? places.nodes;
    if (nodes.length === 0) {
      throw new PictlError("usage", `The service ${service} has no node.`, {
        hint: `Name one for all with --node NODE, or for it with --place ${service}=NODE.`,
      });
    }
    const missing = nodes.filter((node) => !isThere(layout, node, name, entry));
    const made = addEntries("layout", layout, { nodes: missing, name, value: entry });
    layout = withEntries(layout, missing, name, entry);
    edits.push(...made);
    const apart = apartFrom(entry, nodes, imported, places);
    services.push({
      service,
      container: name,
      nodes,
      changes: made.map(({ text }) => text),
      notes: [...notes, ...apart],
    });
  }
  const networks = Object.entries(imported.networks).filter(([name, args]) => raw.networks?.[name] !== args);
  for (const [name, args] of networks)
    edits.push(put(["networks", name], { before: raw.networks?.[name], after: args }));
  return { edits, services, networks: networks.map(([name]) => name) };
}

function refuseUnknown(
  imported: Imported,
  { nodes, byService, known }: ComposePlaces & { readonly known: readonly string[] },
): void {
  const services = imported.services.map(({ service }) => service);
  const stranger = [...byService.keys()].find((service) => !services.includes(service));
  if (stranger !== undefined)
    throw new PictlError("usage", `--place names ${stranger}, which is not imported.`, {
      hint: `Imported are ${services.join(", ")}.`,
    });
  const unknown = [...nodes, ...[...byService.values()].flat()].find((node) => !known.includes(node));
  if (unknown === undefined) return;
  throw new PictlError("unknown-node", `The config has no node ${unknown}.`, {
    hint: `It has ${known.join(", ")}. Add it first: \`pictl node add ${unknown}\`.`,
  });
}

type Rows = NonNullable<RawConfig["layout"]>;

/** Throws usage where the entry is there and says something else. */
function isThere(layout: Rows, node: string, name: string, entry: unknown): boolean {
  const row = layout.find((each) => each.node === node);
  if (row === undefined || !Object.hasOwn(row, name)) return false;
  if (sameValue(row[name], entry)) return true;
  throw new PictlError("usage", `The layout has ${name} on ${node} already, and it says something else.`, {
    container: name,
    node,
    hint: `Take it out (\`pictl container remove ${name}@${node}\`), or import others alone with --service.`,
  });
}

/** The rows with an entry more; its edits count them. */
function withEntries(layout: Rows, nodes: readonly string[], name: string, entry: unknown): Rows {
  const value = entry as Rows[number][string];
  const known = layout.map((row) => (nodes.includes(row.node) ? { ...row, [name]: value } : row));
  const fresh = nodes.filter((node) => !layout.some((row) => row.node === node));
  return [...known, ...fresh.map((node) => ({ node, [name]: value }))] as Rows;
}

/** Containers find each other by name on one node only. */
function apartFrom(
  { after }: Readonly<Record<string, unknown>>,
  nodes: readonly string[],
  imported: Imported,
  places: ComposePlaces,
): readonly string[] {
  const needed = imported.services.filter(({ name }) => Array.isArray(after) && after.includes(name));
  return needed.flatMap((other) => {
    const there = places.byService.get(other.service) ?? places.nodes;
    const without = nodes.filter((node) => !there.includes(node));
    if (without.length === 0) return [];
    return [
      `on ${without.join(", ")} it does not find ${other.service} by its name: that is on ${there.join(", ")}; publish a port and use the node's address`,
    ];
  });
}
