import { Flags } from "@oclif/core";
import { trustNodes } from "../../src/app/node/trust.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { trustBy } from "../../src/cli/input/host-keys.ts";
import { oneForFingerprints } from "../../src/domain/node/trust.ts";
import { selectNodes } from "../../src/domain/select.ts";
import { hostKeysView } from "../../src/view/node/node.ts";

export default class NodeTrust extends PictlCommand {
  static override summary = "Show the host keys of nodes and, once agreed to, trust them.";
  static override description =
    "Stores the keys in the known_hosts file that the config or ~/.ssh/config names, as ssh itself does. Jump hosts on " +
    "the way come first. With --fingerprint nobody is asked and no other key is trusted: the way for scripts.";
  static override args = { node: common.nodesArg };
  static override flags = {
    fingerprint: Flags.string({
      summary: "Trust the key with this fingerprint and no other. Repeatable.",
      helpValue: "SHA256:KEY",
      multiple: true,
      multipleNonGreedy: true,
    }),
    replace: Flags.boolean({ summary: "Trust a key that has changed, in the place of the one that is known." }),
    "dry-run": common.dryRunFlag,
    yes: common.yesToKeys,
  };
  static override examples = [
    "<%= config.bin %> node trust",
    "<%= config.bin %> node trust pi-4 --fingerprint SHA256:uNiVztksCsDhcc0u9e8BrqXGzFQkpXhGCqsVJmFu2k0",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NodeTrust);
    const { config, ports, hostKeys } = await this.open(flags);
    const nodes = selectNodes(config, args.node ?? []);
    const fingerprints = flags.fingerprint ?? [];
    oneForFingerprints(nodes.length, fingerprints);
    const report = await trustNodes(
      { ...ports, hostKeys },
      {
        ...trustBy(this.ask, { fingerprints, yes: flags.yes, replace: flags.replace }),
        nodes,
        dryRun: flags["dry-run"],
      },
    );
    await this.finish(report, hostKeysView);
  }
}
