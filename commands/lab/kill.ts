import { PictlCommand } from "../../src/cli/command.ts";
import { labName, labNode } from "../../src/cli/flags/lab.ts";
import { labKill } from "../../src/lab/index.ts";
import { labView } from "../../src/view/setup/lab.ts";

export default class LabKill extends PictlCommand {
  static override summary = "Cut the power of a lab node.";
  static override description =
    "Everything in it ends at once and nobody is told. Its disk stays: after `lab start` the containers that ran are " +
    "`Exited (255)`, as on real hardware.";
  static override args = { node: labNode };
  static override flags = { name: labName };
  static override examples = ["<%= config.bin %> lab kill n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LabKill);
    const result = await labKill(
      { name: flags.name, node: args.node },
      { progress: this.progress, signal: this.signal },
    );
    await this.finish({ result, failures: [] }, labView);
  }
}
