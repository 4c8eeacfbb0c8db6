import { Args, Flags } from "@oclif/core";
import { importServices } from "../src/app/import.ts";
import { ConfigCommand } from "../src/cli/families/config-command.ts";
import * as common from "../src/cli/flags/common.ts";
import { parsePlaces } from "../src/domain/compose/places.ts";
import { importView } from "../src/view/setup/import.ts";

export default class Import extends ConfigCommand {
  static override summary = "Take the services of a compose file into the config.";
  static override description = `Each service becomes an entry of the layout. What pictl has no place for is named, with the reason and what to do.
Volumes and networks keep the names that docker compose gives them, so that the data of before is found. Variables come from the environment and from the .env file beside the compose file. Touches no node.`;
  static override args = { file: Args.string({ required: true, description: "The compose file." }) };
  static override flags = {
    node: Flags.string({
      char: "n",
      summary: "A node for all services. Repeatable: one copy on each.",
      helpValue: "NODE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    place: Flags.string({
      summary: "Other nodes for one service. Repeatable.",
      helpValue: "SERVICE=NODE,NODE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    service: Flags.string({
      char: "s",
      summary: "Import only this service. Repeatable.",
      helpValue: "SERVICE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    profile: Flags.string({
      summary: "Also the services of this profile. Repeatable.",
      helpValue: "PROFILE",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "project-name": Flags.string({
      summary:
        "The project's name, which stands before those of volumes and networks; without it, as compose finds it.",
      helpValue: "NAME",
    }),
    "dry-run": common.dryRunFlag,
  };
  static override examples = [
    "<%= config.bin %> import compose.yaml --node pi-1",
    "<%= config.bin %> import compose.yaml --node pi-1 --place web=pi-2,pi-3 --dry-run",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Import);
    const byService = parsePlaces(flags.place ?? []);
    const store = await this.store(flags);
    const file = await this.compose(args.file, store);
    const report = await this.recordingChange(flags, store, () =>
      importServices(store, {
        file,
        places: { nodes: flags.node ?? [], byService },
        services: flags.service ?? [],
        profiles: flags.profile ?? [],
        project: flags["project-name"],
        dryRun: flags["dry-run"],
      }),
    );
    await this.finish(report, importView);
  }
}
