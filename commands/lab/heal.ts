import { Args } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";
import { labName } from "../../src/cli/flags/lab.ts";
import { labHeal } from "../../src/lab/index.ts";
import { labView } from "../../src/view/setup/lab.ts";

export default class LabHeal extends PictlCommand {
  static override summary = "Mend the cuts of a lab node, or all of them.";
  static override args = { node: Args.string({ description: "A node of the lab; all when left out." }) };
  static override flags = { name: labName };
  static override examples = ["<%= config.bin %> lab heal n2", "<%= config.bin %> lab heal"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LabHeal);
    const result = await labHeal({ name: flags.name, node: args.node });
    await this.finish({ result, failures: [] }, labView);
  }
}
