import type { EditableConfigStore } from "../../app/ports.ts";
import { record } from "../../app/kit/record.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";

/** The base of `pictl config …`: the config as a file, also when it is not valid. Loads nothing of SSH. */
export abstract class ConfigCommand extends PictlCommand {
  protected async store(flags: GlobalFlags): Promise<EditableConfigStore> {
    const { openStore } = await import("../../context.ts");
    return openStore(flags.config);
  }

  /** Writes down that the config was changed by this command. */
  protected async recordChange(flags: GlobalFlags, after: object): Promise<void> {
    const { openRecorder } = await import("../../context.ts");
    const recorder = await openRecorder({
      configPath: flags.config,
      progress: this.progress,
      cause: `pictl ${(this.id ?? "").replaceAll(":", " ")}`,
    });
    await record(recorder, { type: "config.changed", after });
  }
}
