import { Flags } from "@oclif/core";
import { prune } from "../src/app/prune.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { selectNodes } from "../src/domain/select.ts";
import { prunedView, pruneSummary } from "../src/view/image/prune.ts";

export default class Prune extends PictlCommand {
  static override summary = "Remove unused images and stopped containers, never those of the layout.";
  static override aliases = ["clean"];
  static override description = `Kept on each node: containers that the layout has there, running or not; images that they, any other container or one that may move there (container_host_constraints) need, and the images those are built on. Containers that pictl did not make stay, unless --all; another cluster's stay in any case. Volumes, networks and build caches are not touched.
What is told to be freed is the least: images may share layers that go with the last of them.`;
  static override flags = {
    node: common.nodeFlag,
    all: Flags.boolean({ char: "a", summary: "Also stopped containers that pictl did not make." }),
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    "<%= config.bin %> prune --dry-run",
    "<%= config.bin %> prune --node n2 --yes",
    "<%= config.bin %> clean --all",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Prune);
    const { config, ports } = await this.open(flags);
    const report = await prune(ports, {
      config,
      nodes: selectNodes(config, flags.node ?? []),
      all: flags.all,
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      confirm: async (leftovers) => {
        if (flags.yes) return true;
        const release = await this.progress.hold();
        if (this.terminal.interactive) process.stderr.write(prunedView({ leftovers }, this.terminal.err));
        const question = `Remove ${pruneSummary(leftovers)}?`;
        return this.ask.confirm(question, "Say `--yes` to remove without being asked.").finally(release);
      },
    });
    await this.finish(report, (result, style) => (report.exitCode === 4 ? "" : prunedView(result, style)));
  }
}
