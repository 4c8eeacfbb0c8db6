import { listImages } from "../src/app/images.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { selectNodes } from "../src/domain/select.ts";
import { imagesView } from "../src/view/image/images.ts";

export default class Images extends PictlCommand {
  static override summary = "List the images of every node, and which containers need them.";
  static override flags = { node: common.nodeFlag };
  static override examples = ["<%= config.bin %> images", "<%= config.bin %> images --node n2 --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Images);
    const { config, ports } = await this.open(flags);
    const nodes = selectNodes(config, flags.node ?? []);
    const onEarly = this.early(imagesView);
    await this.finish(await listImages(ports, { config, nodes, onEarly }), imagesView);
  }
}
