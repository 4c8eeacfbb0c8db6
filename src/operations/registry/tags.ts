import { listTags } from "../../app/tags.ts";
import { chooseRegistries } from "../../domain/registry/choose.ts";
import { parseRepository } from "../../domain/registry/reference.ts";
import { grep, grepOf } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { loginFields, loginOf } from "./login.ts";

export const registryTags = operation(
  {
    id: "registry.tags",
    command: "tags",
    args: ["image"],
    route: "GET /registries/tags",
    role: "viewer",
    changes: false,
    summary: "List the tags of an image, newest version first.",
    button: "Tags",
    subject: { kind: "image", field: "image" },
    output: "tags",
    needs: { password: "username" },
    input: {
      image: field.words("The image: NAME or REGISTRY/NAME, without a tag.", { names: "image" }),
      registry: field.maybe("Only this registry; docker.io is the Hub.", { names: "registry" }),
      grep,
      ...loginFields,
      insecure: field.flag(
        "Take any certificate, and plain HTTP: for a registry with a certificate of its own making.",
      ),
    },
  },
  async ({ config, ports, ask }, { insecure, ...input }) => {
    const named = parseRepository(input.image, input.registry);
    const registry = input.registry ?? named.registry;
    const registries = chooseRegistries(config.dockerRegistries, registry === undefined ? [] : [registry]);
    const login = await loginOf(ask, input, registries);
    return listTags(ports, { registries, image: named.path, grep: grepOf(input), login, insecure });
  },
);
