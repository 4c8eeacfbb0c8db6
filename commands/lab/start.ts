import { PictlCommand } from "../../src/cli/command.ts";
import { labName, labNode } from "../../src/cli/flags/lab.ts";
import { labStart } from "../../src/lab/index.ts";
import { labView } from "../../src/view/setup/lab.ts";

export default class LabStart extends PictlCommand {
  static override summary = "Give a lab node its power back.";
  static override description =
    "It comes back with the same address, host key and disk. On a running node, an sshd or dockerd that has ended is " +
    "started again.";
  static override args = { node: labNode };
  static override flags = { name: labName };
  static override examples = ["<%= config.bin %> lab start n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LabStart);
    const result = await labStart(
      { name: flags.name, node: args.node },
      { progress: this.progress, signal: this.signal },
    );
    await this.finish({ result, failures: [] }, labView);
  }
}
