import { Args } from "@oclif/core";
import { daemonPid } from "../../src/app/daemon/status.ts";
import { showVips } from "../../src/app/vip/show.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import { selectVips } from "../../src/domain/vip/select.ts";
import { vipsView } from "../../src/view/service/vip.ts";

export default class VipShow extends PictlCommand {
  static override summary = "Show who has the virtual IP, and how its candidates are.";
  static override description =
    "Exit 1 when nobody has it or more than one has, unless it was released; 3 when a candidate cannot be reached.";
  static override aliases = ["vip"];
  static override args = { vip: Args.string({ description: "The virtual IP; all when left out." }) };
  static override examples = ["<%= config.bin %> vip show", "<%= config.bin %> vip show --json"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VipShow);
    const { config, ports, daemon } = await this.open(flags);
    const report = await showVips(ports, {
      config,
      sections: selectVips(config, args.vip),
      state: daemon.vip,
      daemonPid: daemonPid(daemon),
    });
    await this.finish(report, vipsView(ports.clock.now()));
  }
}
