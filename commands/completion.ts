import { Args } from "@oclif/core";
import { PictlCommand } from "../src/cli/command.ts";
import { scripts, shells } from "../src/cli/completion/scripts.ts";

export default class Completion extends PictlCommand {
  static override summary = "Print the completion script for a shell: commands, flags, nodes and containers.";
  static override args = {
    shell: Args.string({ options: [...shells], required: true, description: "The shell to complete in." }),
  };
  static override examples = [
    'eval "$(<%= config.bin %> completion bash)"',
    "<%= config.bin %> completion fish > ~/.config/fish/completions/pictl.fish",
  ];

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const rows = shells.filter((shell) => shell === args.shell).map((shell) => ({ shell, script: scripts[shell] }));
    await this.finish({ result: { scripts: rows }, failures: [] }, (result) =>
      result.scripts.map(({ script }) => script).join(""),
    );
  }
}
