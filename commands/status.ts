import { containerStatus } from "../src/app/status.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags.ts";
import { selectOnNodes } from "../src/domain/select.ts";
import { statusView } from "../src/view/status.ts";

export default class Status extends PictlCommand {
  static override summary = "Compare wanted with actual, per container; exit 1 when they differ.";
  static override aliases = ["ps"];
  static override args = { container: common.containers };
  static override flags = { node: common.node };
  static override examples = [
    "<%= config.bin %> status",
    "<%= config.bin %> status web --json",
    "<%= config.bin %> ps --node n2",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Status);
    const { config, ports } = await this.open(flags);
    const { nodes, placements } = selectOnNodes(config, args.container ?? [], flags.node ?? []);
    const report = await containerStatus(ports, {
      config,
      placements,
      nodes,
      // Who asks for one container asks for all its copies, and for no others.
      names: args.container && [...new Set(placements.map(({ container }) => container))],
    });
    await this.finish(report, statusView);
  }
}
