import type { RawConfig } from "../../domain/config/raw.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import type { PlannedEdit } from "../../domain/node/edit.ts";
import { nodeNamed } from "../../domain/select.ts";
import { changeAsPlanned } from "../config/planned.ts";
import type { ConfigEdit, ConfigStore } from "../ports.ts";

/** What `node add` and `node remove` report. */
export interface NodeChangeRow {
  readonly node: string;
  readonly changed: boolean;
  readonly outcome: string;
  /** The config's changed places, for people; made or, under --dry-run, to be made. */
  readonly changes: readonly string[];
}

export type PlanEdits = (raw: RawConfig) => readonly PlannedEdit[];

/** Edits are planned in the order of the file; applied from its end, each finds its indexes as they were. */
function editsOf(planned: readonly PlannedEdit[]): readonly ConfigEdit[] {
  return planned.map(({ edit }) => edit).reverse();
}

/** The node as it will be once the edits are made; nothing is written. */
export async function previewNode(store: ConfigStore, plan: PlanEdits, name: string): Promise<NodeSpec> {
  const { raw } = await store.read();
  return nodeNamed(await store.preview(editsOf(plan(raw))), name);
}

/** Writes the config, or only tries whether it could be. Returns what changed in it. */
export async function changeNodes(store: ConfigStore, plan: PlanEdits, dryRun: boolean): Promise<readonly string[]> {
  return (await changeAsPlanned(store, { plan, editsOf, dryRun })).map(({ text }) => text);
}
