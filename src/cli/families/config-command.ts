import type { EditableConfigStore } from "../../app/ports.ts";
import { record } from "../../app/kit/record.ts";
import type { Report } from "../../app/kit/report.ts";
import type { ComposeFile } from "../../domain/compose/import.ts";
import { configChanges } from "../../domain/config/changes.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";

/** The base of `pictl config …`: the config as a file, also when it is not valid. Loads nothing of SSH. */
export abstract class ConfigCommand extends PictlCommand {
  protected async store(flags: GlobalFlags): Promise<EditableConfigStore> {
    const { openStore } = await import("../../context.ts");
    return openStore(flags.config);
  }

  /** A compose file, for the config. Rejects with compose-invalid. */
  protected async compose(path: string, store: EditableConfigStore): Promise<ComposeFile> {
    const { readCompose } = await import("../../context.ts");
    return readCompose(path, store);
  }

  /** Does what may change the config, and writes down what it has changed. */
  protected async recordingChange<Result extends { readonly changed: boolean }>(
    flags: GlobalFlags,
    store: EditableConfigStore,
    change: () => Promise<Report<Result>>,
  ): Promise<Report<Result>> {
    const { document: before } = await store.inspect();
    const report = await change();
    if (!report.result.changed) return report;
    const { document: after } = await store.inspect();
    const { openRecorder } = await import("../../context.ts");
    const recorder = await openRecorder({
      configPath: flags.config,
      progress: this.progress,
      cause: `pictl ${(this.id ?? "").replaceAll(":", " ")}`,
    });
    await record(recorder, { type: "config.changed", ...configChanges(before, after) });
    return report;
  }
}
