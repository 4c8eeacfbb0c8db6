import { Flags } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";

export default class DaemonInstall extends PictlCommand {
  static override summary = "Install the daemon as a systemd service, or print what it takes.";
  static override description =
    "Writes /etc/systemd/system/pictl.service, which runs `pictl daemon` with this config, restarted when it ends, watched by " +
    "systemd's watchdog and locked down. --print prints the unit instead; --cron prints a crontab line for machines " +
    "without systemd, which makes one round a minute.";
  static override flags = {
    print: Flags.boolean({ summary: "Print the unit, and write nothing." }),
    cron: Flags.boolean({ summary: "Print a crontab line instead.", exclusive: ["print"] }),
    user: Flags.string({
      summary: "The user it runs as, whose SSH keys and state it uses; default: you.",
      helpValue: "USER",
    }),
    yes: Flags.boolean({ char: "y", summary: "Do not ask." }),
  };
  static override examples = [
    "<%= config.bin %> daemon install --print",
    "<%= config.bin %> daemon install --user pictl --yes",
    "<%= config.bin %> daemon install --cron | crontab -",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonInstall);
    const { systemdService } = await import("../../src/cli/families/systemd-service.ts");
    const { root } = this.config;
    const service = await systemdService({ command: "daemon", root, config: flags.config, user: flags.user });
    const { path, user } = service;
    const text = flags.cron ? service.crontabLine : service.unit;
    const shown = flags.cron || flags.print;
    const question = `Write ${path}, which runs the daemon as ${user}?`;
    const changed = !shown && (flags.yes || (await this.ask.confirm(question, "Say `--yes`, or `--print`.")));
    if (changed) await service.install();
    const report = { result: { services: [{ path, user, text, changed }] }, failures: [] };
    await this.finish(shown || changed ? report : { ...report, exitCode: 4 }, () => {
      if (shown) return text;
      return changed ? `Wrote ${path}. Now: systemctl daemon-reload && systemctl enable --now pictl\n` : "";
    });
  }
}
