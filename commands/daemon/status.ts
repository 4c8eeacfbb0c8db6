import { readDaemonStatus } from "../../src/app/daemon/status.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import { daemonView } from "../../src/view/service/daemon.ts";

export default class DaemonStatus extends PictlCommand {
  static override summary = "Tell whether a daemon runs on this machine; exit 1 when none does.";
  static override examples = ["<%= config.bin %> daemon status", "<%= config.bin %> daemon status --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonStatus);
    const { config, controller, daemon, ports } = await this.open(flags);
    const stateDir = await controller.lookAtStateDir(config.stateDir);
    const report = await readDaemonStatus({ ...daemon, now: ports.clock.now(), stateDir });
    await this.finish(report, daemonView);
  }
}
