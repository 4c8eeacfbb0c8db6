import { redact } from "../../domain/config/secrets/redact.ts";
import { PictlError } from "../../domain/errors.ts";
import type { ConfigInspection, EditableConfigStore } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export interface ShownConfig {
  readonly file: string;
  readonly config: unknown;
}

/** The config with its secrets hidden; `text` is it in the file's own language. Rejects when it cannot be parsed. */
export async function showConfig(store: EditableConfigStore): Promise<Report<ShownConfig> & { readonly text: string }> {
  const inspection = await readable(store);
  return {
    result: { file: store.path, config: redact(inspection.document) },
    failures: [],
    text: inspection.shown(),
  };
}

/** What the config says, right or wrong, as long as it can be parsed. Rejects with config-invalid. */
export async function readable(store: EditableConfigStore): Promise<ConfigInspection> {
  const inspection = await store.inspect();
  if (inspection.document !== undefined) return inspection;
  const [problem] = inspection.problems;
  const where = problem === undefined ? "" : ` Line ${problem.line}, column ${problem.column}: ${problem.message}.`;
  throw new PictlError("config-invalid", `The config ${store.path} cannot be read.${where}`, {
    hint: "Correct it with `pictl config edit`.",
  });
}
