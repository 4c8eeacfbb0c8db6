import { removeImages } from "../../app/image/remove.ts";
import { checkReference } from "../../domain/images/reference.ts";
import { selectNodes } from "../../domain/select.ts";
import { imageRemovalQuestion } from "../../view/questions.ts";
import { allNodes, dryRun, meant, onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const imageRemove = operation(
  {
    id: "image.remove",
    command: "image remove",
    args: ["image"],
    route: "POST /images/remove",
    role: "operator",
    changes: true,
    summary: "Remove images from nodes; what a container needs is refused.",
    button: "Remove image",
    key: "D",
    subject: { kind: "image", field: "image" },
    asks: "With what goes from where, before it is removed.",
    output: "image remove",
    input: {
      image: field.some("Images: NAME, NAME:TAG, NAME@DIGEST, or an id.", { names: "image" }),
      node: onlyNodes,
      all: allNodes,
      force: field.flag("Also what the layout or a stopped container needs."),
      dryRun,
      confirm: field.confirm(),
    },
  },
  ({ config, ports, ask }, input) =>
    removeImages(ports, {
      config,
      nodes: selectNodes(config, meant("node", input.node, input.all)),
      references: input.image.map(checkReference),
      force: input.force,
      dryRun: input.dryRun,
      confirm: (removals) =>
        ask.confirm(imageRemovalQuestion(removals), "Say `confirm: true` to remove without being asked."),
    }),
);
