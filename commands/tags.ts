import { Args, Flags } from "@oclif/core";
import { listTags } from "../src/app/tags.ts";
import { pattern } from "../src/cli/errors/pattern.ts";
import { RegistryCommand } from "../src/cli/families/registry-command.ts";
import { insecure, loginFlags } from "../src/cli/input/registry-login.ts";
import { chooseRegistries } from "../src/domain/registry/choose.ts";
import { parseRepository } from "../src/domain/registry/reference.ts";
import { tagsView } from "../src/view/image/tags.ts";

export default class Tags extends RegistryCommand {
  static override summary = "List the tags of an image, newest version first.";
  static override description =
    "Looked for in the registry that the image's name or --registry says; without one, in Docker Hub and in all registries of the config. " +
    "Asked from this machine, not from the nodes.";
  static override args = {
    image: Args.string({ required: true, description: "The image: NAME or REGISTRY/NAME, without a tag." }),
  };
  static override flags = {
    registry: Flags.string({ char: "r", helpValue: "HOST", summary: "Only this registry; docker.io is the Hub." }),
    grep: Flags.string({ char: "g", helpValue: "REGEXP", summary: "Only tags that match (JavaScript syntax)." }),
    ...loginFlags,
    insecure,
  };
  static override examples = [
    "<%= config.bin %> tags nginx --grep '^1[.]27'",
    "<%= config.bin %> tags registry.example.com:5000/team/app --json",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tags);
    const grep = flags.grep === undefined ? undefined : pattern("grep", flags.grep);
    const named = parseRepository(args.image, flags.registry);
    const registry = flags.registry ?? named.registry;
    const { config, ports } = await this.open(flags);
    const registries = chooseRegistries(config.dockerRegistries, registry === undefined ? [] : [registry]);
    const login = await this.login(registries, flags);
    const report = await listTags(ports, { registries, image: named.path, grep, login, insecure: flags.insecure });
    await this.finish(report, tagsView);
  }
}
