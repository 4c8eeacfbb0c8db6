import { Args, Flags } from "@oclif/core";
import { searchImages } from "../src/app/search.ts";
import { RegistryCommand } from "../src/cli/families/registry-command.ts";
import { insecure, loginFlags } from "../src/cli/input/registry-login.ts";
import { chooseRegistries } from "../src/domain/registry/choose.ts";
import { parseTerm } from "../src/domain/registry/search.ts";
import { searchView } from "../src/view/image/search.ts";

export default class Search extends RegistryCommand {
  static override summary = "Search for images in Docker Hub and in the registries of the config.";
  static override description = `Asked from this machine: Docker Hub by its own search, every other registry by its catalog, in which the names that hold TERM are looked for.
A registry that fails is told and does not keep the others from answering.
PICTL_HUB_URL is the address of the Hub's API, if it is not https://hub.docker.com.`;
  static override args = { term: Args.string({ required: true, description: "What the image's name should hold." }) };
  static override flags = {
    registry: Flags.string({
      char: "r",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "HOST",
      summary: "Only this registry; docker.io is the Hub. Repeatable.",
    }),
    limit: Flags.integer({ helpValue: "N", summary: "Images shown of each registry.", default: 25, min: 1, max: 1000 }),
    ...loginFlags,
    insecure,
  };
  static override examples = [
    "<%= config.bin %> search nginx",
    "<%= config.bin %> search app --registry registry.example.com:5000 --username ci --password-stdin < password",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Search);
    const term = parseTerm(args.term);
    const { config, ports } = await this.open(flags);
    const registries = chooseRegistries(config.dockerRegistries, flags.registry ?? []);
    const login = await this.login(registries, flags);
    const report = await searchImages(ports, { registries, term, limit: flags.limit, login, insecure: flags.insecure });
    await this.finish(report, searchView);
  }
}
