import { buildImages } from "../../app/build.ts";
import { selectPlacements } from "../../domain/select.ts";
import { nothingToBuild } from "../../view/image/build.ts";
import { allContainers, dryRun, meant, placements } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const imageBuild = operation(
  {
    id: "image.build",
    command: "build",
    args: ["image"],
    route: "POST /images/build",
    role: "operator",
    changes: true,
    summary: "Build images on the nodes that the layout places them on.",
    button: "Build",
    key: "b",
    subject: { kind: "placement", field: "image" },
    output: "build",
    input: {
      image: placements,
      all: allContainers,
      force: field.flag("Build although the node has an image of the same files."),
      noCache: field.flag("Build every step anew."),
      pull: field.flag("Ask the registry for newer base images."),
      dryRun,
    },
  },
  async ({ config, ports }, input) => {
    const report = await buildImages(ports, {
      config,
      placements: selectPlacements(config, meant("container", input.image, input.all)),
      force: input.force,
      noCache: input.noCache,
      pull: input.pull,
      dryRun: input.dryRun,
      rebuildUnseen: true,
    });
    if (report.result.images.length === 0 && report.failures.length === 0) ports.progress.warn(nothingToBuild);
    return report;
  },
);
