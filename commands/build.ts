import { Flags } from "@oclif/core";
import { buildImages } from "../src/app/build.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { selectPlacements } from "../src/domain/select.ts";
import { buildView, nothingToBuild } from "../src/view/image/build.ts";

export default class Build extends PictlCommand {
  static override summary = "Build images on the nodes that the layout places them on.";
  static override description =
    "The container's folder under `docker` is sent to the node over SSH and built there, under the container's name. " +
    ".dockerignore is honoured (Dockerfile.dockerignore before it, as BuildKit does), links are sent as links. " +
    "A node whose image was built from the same files is skipped. Where this machine has no such folder, the node's own " +
    "folder of that path is used. Containers with an `image` in the layout have nothing to build.";
  static override args = { image: common.containersArg };
  static override flags = {
    force: Flags.boolean({ summary: "Build although the node has an image of the same files." }),
    "no-cache": Flags.boolean({ summary: "Build every step anew." }),
    pull: Flags.boolean({ summary: "Ask the registry for newer base images." }),
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    "<%= config.bin %> build",
    "<%= config.bin %> build web --no-cache",
    "<%= config.bin %> build 'web*@n1' --dry-run",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Build);
    const { config, ports } = await this.open(flags);
    const report = await buildImages(ports, {
      config,
      placements: selectPlacements(config, args.image ?? []),
      force: flags.force,
      noCache: flags["no-cache"],
      pull: flags.pull,
      dryRun: flags["dry-run"],
      rebuildUnseen: true,
    });
    if (report.result.images.length === 0 && report.failures.length === 0) {
      ports.progress.warn(nothingToBuild);
    }
    await this.finish(report, buildView);
  }
}
