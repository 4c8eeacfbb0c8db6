import { Flags } from "@oclif/core";
import { PictlCommand } from "../../src/cli/command.ts";
import { labName } from "../../src/cli/flags/lab.ts";
import { labUp } from "../../src/lab/index.ts";
import { labUpView } from "../../src/view/setup/lab.ts";

export default class LabUp extends PictlCommand {
  static override summary = "Start a throw-away cluster of real nodes on this Linux machine.";
  static override description =
    "Each node has its own address, sshd, dockerd, hostname, processes and disk. Needs root. What `lab up` makes is " +
    "in the lab's own folder, with a config to try things on; `lab down` removes all of it.";
  static override flags = {
    name: labName,
    nodes: Flags.integer({ summary: "How many nodes.", helpValue: "N", default: 3, min: 1, max: 1000 }),
    docker: Flags.boolean({ summary: "A Docker engine on each node.", default: true, allowNo: true }),
    dir: Flags.string({ summary: "The lab's folder; /var/lib/pictl/lab/NAME when left out.", helpValue: "DIR" }),
    subnet: Flags.string({
      summary: "The lab's network; a free one of 10.77.0.0/16 when left out.",
      helpValue: "CIDR",
    }),
    install: Flags.boolean({ summary: "Fetch missing Debian packages with apt." }),
    disk: Flags.string({
      summary: "Size of each node's /var/lib/docker, in memory; to rehearse a full disk.",
      helpValue: "SIZE",
    }),
    "sshd-option": Flags.string({
      summary: "A line for every node's sshd_config. Repeatable.",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
  };
  static override examples = [
    "<%= config.bin %> lab up",
    "<%= config.bin %> lab up --nodes 64 --no-docker --name many",
    "<%= config.bin %> lab up --sshd-option MaxSessions=1",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp);
    const { "sshd-option": sshdOptions, ...options } = flags;
    const result = await labUp({ ...options, sshdOptions }, { progress: this.progress, signal: this.signal });
    await this.finish({ result, failures: [] }, labUpView);
  }
}
