import { Args, Flags } from "@oclif/core";
import { editContainer } from "../../src/app/container/edit.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { containerChangeView } from "../../src/view/container/container.ts";
import { editQuestion } from "../../src/view/questions.ts";

export default class ContainerEdit extends PictlCommand {
  static override summary = "Change a container in the config, and show what changes.";
  static override description =
    "What runs is left alone unless --run is given; then it is replaced where its arguments or image differ, and the " +
    "old one is brought back when the new one does not start.";
  static override args = {
    container: Args.string({ required: true, description: "The container: NAME for all its instances, or NAME@NODE." }),
  };
  static override flags = {
    args: Flags.string({ summary: "Arguments of `docker run`, in one string.", helpValue: "ARGS" }),
    image: Flags.string({
      summary: "A registry's image, instead of one that is built.",
      helpValue: "IMAGE",
      exclusive: ["build", "no-image"],
    }),
    build: Flags.string({
      summary: "Build it from this folder, as the config says folders: counted from its own.",
      helpValue: "FOLDER",
    }),
    "no-image": Flags.boolean({ summary: "Build it again, from the folder of its name under `docker`." }),
    hb: Flags.string({ summary: "Port the heartbeat looks at; `none` for no check.", helpValue: "PORT|none" }),
    host: Flags.string({
      summary: "A node it may fail over to, and to no others. Repeatable.",
      helpValue: "NODE",
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ["no-hosts"],
    }),
    "no-hosts": Flags.boolean({ summary: "It fails over to no node." }),
    run: Flags.boolean({ summary: "Make what runs like the config says." }),
    grace: common.graceFlag,
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    '<%= config.bin %> container edit web --args "-p 8080:80" --hb 8080 --run',
    "<%= config.bin %> container edit cache@pi-2 --image redis:7.4 --dry-run",
    "<%= config.bin %> container edit cache --build images/cache --run",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContainerEdit);
    const port = portOf(flags.hb);
    const image = flags["no-image"] ? null : flags.image;
    const { config, store, ports } = await this.open(flags);
    const report = await editContainer(ports, {
      store,
      config,
      target: args.container,
      change: { args: flags.args, image, build: flags.build, port, hosts: flags["no-hosts"] ? [] : flags.host },
      run: flags.run,
      graceSeconds: flags.grace,
      ...common.patience(flags),
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      confirm: async (changes) =>
        flags.yes ||
        this.ask.confirm(
          editQuestion(changes, { container: args.container, path: store.path, runs: flags.run }),
          "Say `--yes` to change it without being asked, or `--dry-run` to see what would change.",
        ),
    });
    await this.finish(report, containerChangeView);
  }
}

function portOf(text: string | undefined): number | "none" | undefined {
  if (text === undefined || text === "none") return text;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new PictlError("usage", `"${text}" is no port for --hb: expected 1 to 65535, or \`none\`.`);
}
