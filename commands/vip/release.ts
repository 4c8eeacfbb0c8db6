import { Args } from "@oclif/core";
import * as common from "../../src/cli/flags/common.ts";
import { VipCommand, vipFlags } from "../../src/cli/families/vip-command.ts";
import { vipReleaseQuestion } from "../../src/view/questions.ts";

export default class VipRelease extends VipCommand {
  static override summary = "Take the virtual IP from everybody, until it is moved to a node.";
  static override description =
    "Done by the daemon of this machine; where none runs, by this command, if no other daemon leads. Nobody gets it " +
    "again before `pictl vip move`.";
  static override args = { vip: Args.string({ description: "The virtual IP, where there are several." }) };
  static override flags = { ...vipFlags, yes: common.yes };
  static override examples = ["<%= config.bin %> vip release", "<%= config.bin %> vip release 192.168.0.15 --yes"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VipRelease);
    await this.change(flags, {
      vip: args.vip,
      wish: "release",
      confirm: async (ip) => flags.yes || this.ask.confirm(vipReleaseQuestion(ip), "Say `--yes` to release it."),
    });
  }
}
