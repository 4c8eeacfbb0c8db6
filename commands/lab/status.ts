import { PictlCommand } from "../../src/cli/command.ts";
import { labName } from "../../src/cli/flags/lab.ts";
import { labStatus } from "../../src/lab/index.ts";
import { labView } from "../../src/view/setup/lab.ts";

export default class LabStatus extends PictlCommand {
  static override summary = "Show a lab's nodes: power, sshd, dockerd, cuts.";
  static override flags = { name: labName };
  static override examples = ["<%= config.bin %> lab status", "<%= config.bin %> lab status --name many --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(LabStatus);
    await this.finish({ result: await labStatus(flags), failures: [] }, labView);
  }
}
