import { Flags } from "@oclif/core";
import { type GlobalFlags, PictlCommand } from "../command.ts";
import { systemdService, type SystemdService, type SystemdServiceOptions } from "./systemd-service.ts";

export const installFlags = {
  print: Flags.boolean({ summary: "Print the unit, and write nothing." }),
  user: Flags.string({
    summary: "The user it runs as, whose SSH keys and state it uses; default: you.",
    helpValue: "USER",
  }),
  yes: Flags.boolean({ char: "y", summary: "Do not ask." }),
};

interface InstallOptions extends Pick<SystemdServiceOptions, "command"> {
  readonly flags: GlobalFlags & { readonly print: boolean; readonly user: string | undefined; readonly yes: boolean };
  /** Something else to print, in the place of writing the unit. */
  readonly printed?: (service: SystemdService) => string | undefined;
}

/** What `daemon install` and `serve install` share: print, or ask and write. */
export abstract class InstallCommand extends PictlCommand {
  protected async install({ command, flags, printed }: InstallOptions): Promise<void> {
    const { root } = this.config;
    const service = await systemdService({ command, root, config: flags.config, user: flags.user });
    const { path, user, unit, name } = service;
    const shown = printed?.(service) ?? (flags.print ? unit : undefined);
    const question = `Write ${path}, which runs the ${nouns[command]} as ${user}?`;
    const changed =
      shown === undefined && (flags.yes || (await this.ask.confirm(question, "Say `--yes`, or `--print`.")));
    if (changed) await service.install();
    const report = { result: { services: [{ path, user, text: shown ?? unit, changed }] }, failures: [] };
    await this.finish(shown !== undefined || changed ? report : { ...report, exitCode: 4 }, () => {
      if (shown !== undefined) return shown;
      return changed ? `Wrote ${path}. Now: systemctl daemon-reload && systemctl enable --now ${name}\n` : "";
    });
  }
}

const nouns = { daemon: "daemon", serve: "server" } as const;
