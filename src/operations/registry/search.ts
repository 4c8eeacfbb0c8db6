import { searchImages } from "../../app/search.ts";
import { chooseRegistries } from "../../domain/registry/choose.ts";
import { parseTerm } from "../../domain/registry/search.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { loginFields, loginOf } from "./login.ts";

export const registrySearch = operation(
  {
    id: "registry.search",
    command: "search",
    args: ["term"],
    route: "GET /registries/search",
    role: "viewer",
    changes: false,
    summary: "Search for images in Docker Hub and in the registries of the config.",
    button: "Search",
    output: "search",
    needs: { password: "username" },
    input: {
      term: field.words("What the image's name should hold."),
      registry: field.list("Only these registries; docker.io is the Hub.", { names: "registry" }),
      limit: field.wholeOr(25, "Images shown of each registry.", { min: 1, max: 1000 }),
      ...loginFields,
      insecure: field.flag(
        "Take any certificate, and plain HTTP: for a registry with a certificate of its own making.",
      ),
    },
  },
  async ({ config, ports, ask }, { registry, limit, insecure, ...input }) => {
    const term = parseTerm(input.term);
    const registries = chooseRegistries(config.dockerRegistries, registry);
    const login = await loginOf(ask, input, registries);
    return searchImages(ports, { registries, term, limit, login, insecure });
  },
);
