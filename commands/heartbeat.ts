import { Flags } from "@oclif/core";
import { heartbeatOnce } from "../src/app/heartbeat/once.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { heartbeatView } from "../src/view/heartbeat.ts";

export default class Heartbeat extends PictlCommand {
  static override summary = "Check every container of the heartbeat section now; exit 1 when one fails.";
  static override description =
    "One round of what `pictl daemon` does at every heartbeat_interval, with the counts of the rounds before it. " +
    "Without --repair nothing is changed.";
  static override aliases = ["hb"];
  static override flags = {
    repair: Flags.boolean({ summary: "Also restart what fails, and fail over what has failed too often." }),
  };
  static override examples = ["<%= config.bin %> heartbeat", "<%= config.bin %> hb --repair --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Heartbeat);
    const { config, store, ports, daemon } = await this.open(flags);
    const lock = flags.repair ? await daemon.lock() : undefined;
    try {
      // What a running daemon counts is the daemon's.
      const memory =
        (await daemon.isRunning()) && !flags.repair
          ? { ...ports.memory, write: () => Promise.resolve() }
          : ports.memory;
      const report = await heartbeatOnce(
        { ...ports, memory },
        { config, store, mayDo: flags.repair ? "everything" : "nothing" },
      );
      await this.finish(report, heartbeatView);
    } finally {
      await lock?.release();
    }
  }
}
