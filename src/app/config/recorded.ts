import { configChanges } from "../../domain/config/document/changes.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import type { EditableConfigStore, Ports } from "../ports.ts";

/** Does what may change the config, and writes down what it has changed. `open` is asked only then. */
export async function recordingChange<Result extends { readonly changed: boolean }>(
  store: EditableConfigStore,
  open: () => Promise<Pick<Ports, "events" | "clock" | "actor">>,
  change: () => Promise<Report<Result>>,
): Promise<Report<Result>> {
  const { document: before } = await store.inspect();
  const report = await change();
  if (!report.result.changed) return report;
  const { document: after } = await store.inspect();
  await record(await open(), { type: "config.changed", ...configChanges(before, after) });
  return report;
}
