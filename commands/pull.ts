import { Args, Flags } from "@oclif/core";
import { pullImages } from "../src/app/pull.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { loginFlags, readLogin } from "../src/cli/input/registry-login.ts";
import { parseRegistry } from "../src/domain/registry/address.ts";
import { localName, parseReference } from "../src/domain/registry/reference.ts";
import { checkUsername } from "../src/domain/registry/username.ts";
import { selectNodes } from "../src/domain/select.ts";
import { pullView } from "../src/view/image/pull.ts";

export default class Pull extends PictlCommand {
  static override summary = "Pull an image from a registry on the nodes.";
  static override description = `Each node's own docker pulls, from Docker Hub unless the image's name or --registry says otherwise.
With --username a node is logged in for this pull only: the password goes to docker by stdin, in a private folder that is removed afterwards. Without it, a node pulls as it is logged in already.
A registry that speaks plain HTTP must stand in "insecure-registries" of the nodes' /etc/docker/daemon.json.
With --as the image gets a second name on the nodes, such as that of a container of the layout, which then runs it.`;
  static override args = {
    image: Args.string({ required: true, description: "The image: NAME, NAME:TAG, REGISTRY/NAME:TAG or NAME@DIGEST." }),
  };
  static override flags = {
    node: common.nodeFlag,
    registry: Flags.string({
      char: "r",
      helpValue: "HOST",
      summary: "The registry, if the image's name does not say it.",
    }),
    as: Flags.string({ helpValue: "NAME", summary: "Give the image this name on the nodes too." }),
    ...loginFlags,
    "keep-login": Flags.boolean({ summary: "Leave the nodes logged in to the registry.", dependsOn: ["username"] }),
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    "<%= config.bin %> pull nginx:1.27",
    "<%= config.bin %> pull team/app:2 --registry registry.example.com:5000 --as app --node 'web*'",
    "<%= config.bin %> pull registry.example.com/app --username ci --password-stdin < password",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pull);
    const { username } = flags;
    const registry = flags.registry === undefined ? undefined : parseRegistry(flags.registry).name;
    const image = parseReference(args.image, registry);
    const as = flags.as === undefined ? undefined : localName(flags.as);
    if (username !== undefined) checkUsername(username, "--username");
    const { config, ports } = await this.open(flags);
    const report = await pullImages(ports, {
      nodes: selectNodes(config, flags.node ?? []),
      image,
      as,
      login: username === undefined ? undefined : { username, keep: flags["keep-login"] },
      password: async () => {
        const login = { username: username ?? "", registry: image.registry, fromStdin: flags["password-stdin"] };
        return (await readLogin(login, { ask: this.ask, signal: this.signal })).password;
      },
      dryRun: flags["dry-run"],
    });
    await this.finish(report, pullView);
  }
}
