import { Args, Flags } from "@oclif/core";
import { removeImages } from "../../src/app/image/remove.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { checkReference } from "../../src/domain/images/reference.ts";
import { selectNodes } from "../../src/domain/select.ts";
import { removedImagesView } from "../../src/view/image/images.ts";
import { imageRemovalQuestion } from "../../src/view/questions.ts";

export default class ImageRemove extends PictlCommand {
  static override summary = "Remove images from nodes; what a container needs is refused.";
  static override args = {
    image: Args.string({
      required: true,
      multiple: true,
      description: "Images: NAME, NAME:TAG, NAME@DIGEST, or an id.",
    }),
  };
  static override flags = {
    node: common.nodeFlag,
    force: Flags.boolean({ summary: "Also what the layout or a stopped container needs." }),
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    "<%= config.bin %> image remove web:1.2",
    "<%= config.bin %> image remove 3f1c7e2a90bd --node n2 --yes",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImageRemove);
    const references = args.image.map(checkReference);
    const { config, ports } = await this.open(flags);
    const report = await removeImages(ports, {
      config,
      nodes: selectNodes(config, flags.node ?? []),
      references,
      force: flags.force,
      dryRun: flags["dry-run"],
      confirm: async (removals) =>
        flags.yes || this.ask.confirm(imageRemovalQuestion(removals), "Say `--yes` to remove without being asked."),
    });
    await this.finish(report, removedImagesView);
  }
}
