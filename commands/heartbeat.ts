import { Flags } from "@oclif/core";
import { openHeartbeat } from "../src/app/heartbeat/index.ts";
import { heartbeatOnce } from "../src/app/heartbeat/once.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { heartbeatView } from "../src/view/service/heartbeat.ts";

export default class Heartbeat extends PictlCommand {
  static override summary = "Check every container of the heartbeat section now; exit 1 when one fails.";
  static override description =
    "One look at what `pictl daemon` looks at in every heartbeat_interval, and what follows from it together with the " +
    "rounds before. Nothing is done or counted without --repair, which makes it a round (as `pictl daemon --once`).";
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
      const mayDo = flags.repair ? "everything" : "nothing";
      await this.finish(
        await heartbeatOnce(openHeartbeat(ports, { store, counts: "kept" }), { config, mayDo }),
        heartbeatView,
      );
    } finally {
      await lock?.release();
    }
  }
}
