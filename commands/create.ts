import { Flags } from "@oclif/core";
import { createContainers } from "../src/app/create.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { selectPlacements } from "../src/domain/select.ts";
import { outcomesView } from "../src/view/container/lifecycle.ts";

export default class Create extends PictlCommand {
  static override summary = "Make containers run: build what is missing, then run what is not there.";
  static override description =
    "Running it again changes nothing. A container whose arguments or image differ from the config is left as it is " +
    "until --recreate says to replace it; when the new one does not start, the old one is brought back. Volumes without " +
    "a name are taken over, as docker compose does it; `delete` and then `create` begins with new ones.";
  static override args = { container: common.containersArg };
  static override flags = {
    recreate: Flags.boolean({ summary: "Replace containers that are there already." }),
    grace: common.graceFlag,
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
  };
  static override examples = ["<%= config.bin %> create", "<%= config.bin %> create web --recreate"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Create);
    const { config, ports } = await this.open(flags);
    const report = await createContainers(ports, {
      config,
      placements: selectPlacements(config, args.container ?? []),
      recreate: flags.recreate ? "everything" : "nothing",
      graceSeconds: flags.grace,
      ...common.patience(flags),
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      leaveStopped: (args.container ?? []).length === 0,
    });
    await this.finish(report, outcomesView);
  }
}
