import { Args } from "@oclif/core";
import { VipCommand, vipFlags } from "../../src/cli/families/vip-command.ts";

export default class VipMove extends VipCommand {
  static override summary = "Give the virtual IP to another of its candidates.";
  static override description =
    "Taken from where it is, seen to be gone there, then given: clients miss less than half a second. The daemon of this " +
    "machine does it; where none runs, this command does, if no other daemon leads. A node that is not fit is refused. In " +
    "lease mode a holder that does not answer is waited for until its lease has ended.";
  static override usage = "vip move [VIP] NODE [FLAGS]";
  static override args = {
    candidate: Args.string({ required: true, description: "The candidate that gets it; or a virtual IP of several." }),
    node: Args.string({ description: "The candidate, behind a virtual IP." }),
  };
  static override flags = vipFlags;
  static override examples = ["<%= config.bin %> vip move n2", "<%= config.bin %> vip move 192.168.0.15 n2 --dry-run"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VipMove);
    const [vip, to] = args.node === undefined ? [undefined, args.candidate] : [args.candidate, args.node];
    await this.change(flags, { vip, wish: { to } });
  }
}
