import { pullImages } from "../../app/pull.ts";
import { parseRegistry } from "../../domain/registry/address.ts";
import { localName, parseReference } from "../../domain/registry/reference.ts";
import { selectNodes } from "../../domain/select.ts";
import { allNodes, dryRun, meant, onlyNodes } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { loginFields, passwordOf } from "../registry/login.ts";
import { checkUsername } from "../../domain/registry/username.ts";

export const imagePull = operation(
  {
    id: "image.pull",
    command: "pull",
    args: ["image"],
    route: "POST /images/pull",
    role: "operator",
    changes: true,
    summary: "Pull an image from a registry on the nodes.",
    button: "Pull",
    key: "p",
    subject: { kind: "image", field: "image" },
    output: "pull",
    needs: { password: "username", keepLogin: "username" },
    input: {
      image: field.words("The image: NAME, NAME:TAG, REGISTRY/NAME:TAG or NAME@DIGEST.", { names: "image" }),
      node: onlyNodes,
      all: allNodes,
      registry: field.maybe("The registry, if the image's name does not say it.", { names: "registry" }),
      as: field.maybe("Give the image this name on the nodes too."),
      ...loginFields,
      keepLogin: field.flag("Leave the nodes logged in to the registry."),
      dryRun,
    },
  },
  ({ config, ports, ask }, input) => {
    const { username } = input;
    const registry = input.registry === undefined ? undefined : parseRegistry(input.registry).name;
    const image = parseReference(input.image, registry);
    if (username !== undefined) checkUsername(username, "`username`");
    return pullImages(ports, {
      nodes: selectNodes(config, meant("node", input.node, input.all)),
      image,
      as: input.as === undefined ? undefined : localName(input.as),
      login: username === undefined ? undefined : { username, keep: input.keepLogin },
      password: () => passwordOf(ask, { ...input, username: username ?? "" }, image.registry),
      dryRun: input.dryRun,
    });
  },
);
