import { Flags } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";
import { labName } from "../../src/cli/flags/lab.ts";
import { labDown } from "../../src/lab/index.ts";
import { labDownView } from "../../src/view/setup/lab.ts";

export default class LabDown extends PictlCommand {
  static override summary = "Take a lab down, with everything it made.";
  static override flags = {
    name: labName,
    dir: Flags.string({ summary: "The lab's folder, after a reboot of this machine.", helpValue: "DIR" }),
    keep: Flags.boolean({ summary: "Keep config, keys and the nodes' disks for the next `lab up`." }),
  };
  static override examples = ["<%= config.bin %> lab down", "<%= config.bin %> lab down --name many"];

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown);
    const result = await labDown(flags, { progress: this.progress, signal: this.signal });
    await this.finish({ result, failures: [] }, labDownView);
  }
}
