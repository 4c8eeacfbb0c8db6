import { Flags } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";
import { labName, labNode } from "../../src/cli/flags/lab.ts";
import { labCut } from "../../src/lab/index.ts";
import { labView } from "../../src/view/setup/lab.ts";

export default class LabCut extends PictlCommand {
  static override summary = "Cut a lab node off the network, as a broken cable does.";
  static override description =
    "Packets are dropped in the lab's switch; nobody is told. To lose what is sent to a node and not what it sends, " +
    "cut the other side: `lab cut controller --from n1 --one-way`.";
  static override args = { node: labNode };
  static override flags = {
    name: labName,
    from: Flags.string({
      summary: "Only from this peer: a node, `controller`, or `nodes` for all other nodes.",
      helpValue: "PEER",
    }),
    "one-way": Flags.boolean({ summary: "Lose only what the node sends." }),
  };
  static override examples = [
    "<%= config.bin %> lab cut n2",
    "<%= config.bin %> lab cut n2 --from controller",
    "<%= config.bin %> lab cut n2 --from n1 --one-way",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LabCut);
    const result = await labCut({ name: flags.name, node: args.node, from: flags.from, oneWay: flags["one-way"] });
    await this.finish({ result, failures: [] }, labView);
  }
}
