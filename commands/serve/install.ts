import { InstallCommand, installFlags } from "../../src/cli/families/install-command.ts";

export default class ServeInstall extends InstallCommand {
  static override summary = "Install the server as a systemd service, or print what it takes.";
  static override description =
    "Writes /etc/systemd/system/pictl-serve.service, which runs `pictl serve` with this config, apart from the daemon, restarted " +
    "when it ends and locked down. --print prints the unit instead.";
  static override flags = installFlags;
  static override examples = [
    "<%= config.bin %> serve install --print",
    "<%= config.bin %> serve install --user pictl --yes",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(ServeInstall);
    await this.install({ command: "serve", flags });
  }
}
