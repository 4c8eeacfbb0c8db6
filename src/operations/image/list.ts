import { listImages } from "../../app/images.ts";
import { selectNodes } from "../../domain/select.ts";
import { onlyNodes } from "../common.ts";
import { operation } from "../operation.ts";

export const imageList = operation(
  {
    id: "image.list",
    command: "images",
    route: "GET /images",
    role: "viewer",
    changes: false,
    summary: "List the images of every node, and which containers need them.",
    button: "Images",
    output: "images",
    input: { node: onlyNodes },
  },
  ({ config, ports }, input) => listImages(ports, { config, nodes: selectNodes(config, input.node) }),
);
