import { type ComposeFile, importCompose, type ImportOptions } from "../domain/compose/import.ts";
import { type ComposePlaces, planImport } from "../domain/compose/plan.ts";
import { changeAsPlanned } from "./config/planned.ts";
import type { Report } from "./kit/report.ts";
import type { ConfigStore } from "./ports.ts";

export interface ImportInput extends ImportOptions {
  readonly file: ComposeFile;
  readonly places: ComposePlaces;
  readonly dryRun: boolean;
}

/** What a service became. */
export interface ImportRow {
  readonly service: string;
  readonly container: string;
  readonly nodes: readonly string[];
  readonly outcome: "added" | "would be added" | "is there already";
  /** The config's changed places, secrets hidden. */
  readonly changes: readonly string[];
  /** What is left out or different, each with the reason. */
  readonly notes: readonly string[];
}

export interface ImportResult {
  readonly services: readonly ImportRow[];
  readonly networks: readonly string[];
  readonly notes: readonly string[];
  readonly changed: boolean;
}

/**
 * Takes the services of a compose file into the config; nothing runs yet. Rejects with compose-invalid, usage,
 * unknown-node and config-invalid before anything is written.
 */
export async function importServices(store: ConfigStore, input: ImportInput): Promise<Report<ImportResult>> {
  const imported = importCompose(input.file, input);
  const { config } = await store.read();
  const nodes = config.nodes.map(({ name }) => name);
  const planned = await changeAsPlanned(store, {
    plan: (raw) => planImport(raw, imported, { ...input.places, known: nodes }),
    editsOf: ({ edits }) => edits.map(({ edit }) => edit),
    dryRun: input.dryRun,
  });
  const changed = !input.dryRun && planned.edits.length > 0;
  const services = planned.services.map(({ changes, ...row }): ImportRow => {
    const outcome = changes.length === 0 ? "is there already" : input.dryRun ? "would be added" : "added";
    return { ...row, outcome, changes };
  });
  return { result: { services, networks: planned.networks, notes: imported.notes, changed }, failures: [] };
}
