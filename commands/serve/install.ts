import { Flags } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";

export default class ServeInstall extends PictlCommand {
  static override summary = "Install the server as a systemd service, or print what it takes.";
  static override description =
    "Writes /etc/systemd/system/pictl-serve.service, which runs `pictl serve` with this config, apart from the daemon, restarted " +
    "when it ends and locked down. --print prints the unit instead.";
  static override flags = {
    print: Flags.boolean({ summary: "Print the unit, and write nothing." }),
    user: Flags.string({
      summary: "The user it runs as, whose SSH keys and state it uses; default: you.",
      helpValue: "USER",
    }),
    yes: Flags.boolean({ char: "y", summary: "Do not ask." }),
  };
  static override examples = [
    "<%= config.bin %> serve install --print",
    "<%= config.bin %> serve install --user pictl --yes",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeInstall);
    const { systemdService } = await import("../../src/cli/families/systemd-service.ts");
    const { root } = this.config;
    const service = await systemdService({ command: "serve", root, config: flags.config, user: flags.user });
    const { path, user, unit } = service;
    const question = `Write ${path}, which runs the server as ${user}?`;
    const changed = !flags.print && (flags.yes || (await this.ask.confirm(question, "Say `--yes`, or `--print`.")));
    if (changed) await service.install();
    const report = { result: { services: [{ path, user, text: unit, changed }] }, failures: [] };
    await this.finish(flags.print || changed ? report : { ...report, exitCode: 4 }, () => {
      if (flags.print) return unit;
      return changed ? `Wrote ${path}. Now: systemctl daemon-reload && systemctl enable --now pictl-serve\n` : "";
    });
  }
}
