import { Args, Flags } from "@oclif/core";
import { addContainer } from "../../src/app/container/add.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { containerChangeView } from "../../src/view/container/container.ts";

export default class ContainerAdd extends PictlCommand {
  static override summary = "Add a container to the config: layout, heartbeat and constraints together.";
  static override description =
    "The result is checked before it is written. With --run it is created at once: built or pulled, and started.";
  static override args = { name: Args.string({ required: true, description: "What the container is called." }) };
  static override flags = {
    node: Flags.string({
      char: "n",
      summary: "A node to place it on. Repeatable: one instance on each.",
      helpValue: "NODE",
      multiple: true,
      multipleNonGreedy: true,
      required: true,
    }),
    args: Flags.string({ summary: "Arguments of `docker run`, in one string.", helpValue: "ARGS" }),
    image: Flags.string({
      summary: "A registry's image, instead of one that is built.",
      helpValue: "IMAGE",
      exclusive: ["build"],
    }),
    build: Flags.string({
      summary: "Build it from this folder, as the config says folders: counted from its own.",
      helpValue: "FOLDER",
    }),
    hb: Flags.integer({ summary: "Port the heartbeat looks at.", helpValue: "PORT", min: 1, max: 65535 }),
    host: Flags.string({
      summary: "A node it may fail over to, and to no others. Repeatable.",
      helpValue: "NODE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    run: Flags.boolean({ summary: "Create it at once." }),
    force: Flags.boolean({ summary: "Also on a node that is cordoned." }),
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    '<%= config.bin %> container add web --node pi-1 --args "-p 80:80" --hb 80 --run',
    "<%= config.bin %> container add cache --node pi-1 --image redis:7 --host pi-2 --host pi-3",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContainerAdd);
    const { config, store, ports } = await this.open(flags);
    const report = await addContainer(ports, {
      store,
      config,
      container: {
        name: args.name,
        nodes: flags.node,
        args: flags.args,
        image: flags.image,
        build: flags.build,
        port: flags.hb,
        hosts: flags.host,
      },
      force: flags.force,
      run: flags.run,
      ...common.patience(flags),
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
    });
    await this.finish(report, containerChangeView);
  }
}
