import { Flags } from "@oclif/core";
import { InstallCommand, installFlags } from "../../src/cli/families/install-command.ts";

export default class DaemonInstall extends InstallCommand {
  static override summary = "Install the daemon as a systemd service, or print what it takes.";
  static override description =
    "Writes /etc/systemd/system/pictl.service, which runs `pictl daemon` with this config, restarted when it ends, watched by " +
    "systemd's watchdog and locked down. --print prints the unit instead; --cron prints a crontab line for machines " +
    "without systemd, which makes one round a minute.";
  static override flags = {
    ...installFlags,
    cron: Flags.boolean({ summary: "Print a crontab line instead.", exclusive: ["print"] }),
  };
  static override examples = [
    "<%= config.bin %> daemon install --print",
    "<%= config.bin %> daemon install --user pictl --yes",
    "<%= config.bin %> daemon install --cron | crontab -",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonInstall);
    await this.install({
      command: "daemon",
      flags,
      printed: ({ crontabLine }) => (flags.cron ? crontabLine : undefined),
    });
  }
}
