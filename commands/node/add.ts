import { Args, Flags } from "@oclif/core";
import { resolve } from "node:path";
import { addNode } from "../../src/app/node/add.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { trustBy } from "../../src/cli/input/host-keys.ts";
import { nodeChangeView } from "../../src/view/node/node.ts";

export default class NodeAdd extends PictlCommand {
  static override summary = "Add a node to the layout, once it has answered.";
  static override args = {
    name: Args.string({
      required: true,
      description: "What the node is called: a host name, a Host of ~/.ssh/config, or an IP address.",
    }),
  };
  static override flags = {
    address: Flags.string({ summary: "What to connect to, when that is not the name.", helpValue: "HOST" }),
    user: Flags.string({ summary: "User to log in as.", helpValue: "USER" }),
    port: Flags.integer({ summary: "Port of its sshd.", helpValue: "PORT", min: 1, max: 65535 }),
    "identity-file": Flags.string({ summary: "Private key.", helpValue: "FILE" }),
    "proxy-jump": Flags.string({
      summary: "Jump hosts on the way, separated by commas.",
      helpValue: "[USER@]HOST[:PORT]",
    }),
    label: Flags.string({
      summary: "A label. Repeatable.",
      helpValue: "KEY=VALUE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    trust: Flags.boolean({ summary: "Show its host key and, once agreed to, trust it." }),
    fingerprint: Flags.string({
      summary: "With --trust: trust the host key with this fingerprint and no other. Repeatable.",
      helpValue: "SHA256:KEY",
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ["trust"],
    }),
    check: Flags.boolean({ summary: "Connect to the node before it is added.", default: true, allowNo: true }),
    "dry-run": common.dryRunFlag,
    yes: common.yesToKeys,
  };
  static override examples = [
    "<%= config.bin %> node add pi-4 --address 192.168.0.104 --user pi --trust",
    "<%= config.bin %> node add web-9 --proxy-jump bastion --label rack=b --no-check",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NodeAdd);
    const { store, ports, hostKeys } = await this.open(flags);
    const identityFile = flags["identity-file"];
    const report = await addNode(
      { ...ports, hostKeys },
      {
        store,
        node: {
          name: args.name,
          address: flags.address,
          user: flags.user,
          port: flags.port,
          // Relative to where it was typed; the config would take it as relative to its own folder.
          identityFile:
            identityFile === undefined || identityFile.startsWith("~") ? identityFile : resolve(identityFile),
          proxyJump: flags["proxy-jump"],
          labels: flags.label,
        },
        check: flags.check,
        trust: flags.trust
          ? trustBy(this.ask, { fingerprints: flags.fingerprint ?? [], yes: flags.yes, replace: false })
          : undefined,
        dryRun: flags["dry-run"],
      },
    );
    await this.finish(report, nodeChangeView);
  }
}
