import { Args, Flags } from "@oclif/core";
import { pushImage } from "../../src/app/image/push.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { openImageArchive } from "../../src/cli/input/image-archive.ts";
import { localName, pullName } from "../../src/domain/registry/reference.ts";
import { selectNodes } from "../../src/domain/select.ts";
import { pushView } from "../../src/view/image/images.ts";

export default class ImagePush extends PictlCommand {
  static override summary = "Give nodes an image of this machine, without a registry.";
  static override description = `IMAGE is an archive that \`docker image save\` wrote, also one packed with gzip, \`-\` for such a one on stdin, or the name of an image of this machine's Docker. A file is taken for what it is, also where an image is called the same.
Over each node's SSH connection goes what the node lacks of it. Entries of the layout with that \`image\` then run it, once they are created anew.`;
  static override args = {
    image: Args.string({ required: true, description: "A file, `-` for stdin, or an image of this machine's Docker." }),
    node: common.nodesArg,
  };
  static override flags = {
    as: Flags.string({ helpValue: "NAME", summary: "What the nodes call it, instead of what the archive says." }),
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    "<%= config.bin %> image push app:1.4",
    "<%= config.bin %> image push app.tar.gz n1 'rack2-*'",
    "ssh build docker image save app:1.4 | <%= config.bin %> image push -",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagePush);
    const as = flags.as === undefined ? undefined : pullName(localName(flags.as));
    const source = await openImageArchive(args.image);
    const { config, ports } = await this.open(flags);
    const nodes = selectNodes(config, args.node ?? []);
    await this.finish(await pushImage(ports, { nodes, source, as, dryRun: flags["dry-run"] }), pushView);
  }
}
