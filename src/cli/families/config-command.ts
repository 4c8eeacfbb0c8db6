import { recordingChange } from "../../app/config/recorded.ts";
import type { EditableConfigStore } from "../../app/ports.ts";
import type { Report } from "../../app/kit/report.ts";
import type { ComposeFile } from "../../domain/compose/import.ts";
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
  protected recordingChange<Result extends { readonly changed: boolean }>(
    flags: GlobalFlags,
    store: EditableConfigStore,
    change: () => Promise<Report<Result>>,
  ): Promise<Report<Result>> {
    const open = async () => {
      const { openRecorder } = await import("../../context.ts");
      return openRecorder({
        configPath: flags.config,
        progress: this.progress,
        cause: `pictl ${(this.id ?? "").replaceAll(":", " ")}`,
      });
    };
    return recordingChange(store, open, change);
  }
}
