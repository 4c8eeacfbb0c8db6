import { Command } from "@oclif/core";
import { complete } from "../src/cli/completion/complete.ts";
import { readNames } from "../src/cli/completion/names.ts";

/** What the completion scripts ask. Not a command for people: it takes the words behind `--` as they are. */
export default class Complete extends Command {
  static override summary = "Answer a completion script.";
  static override hidden = true;
  static override strict = false;
  static override examples = ["<%= config.bin %> __complete -- status we"];

  async run(): Promise<void> {
    const words = this.argv.slice(this.argv.indexOf("--") + 1);
    const completion = await complete(words, this.config.commands, readNames);
    const lines =
      completion === "files"
        ? [":files"]
        : completion.map(({ value, description }) => (description === undefined ? value : `${value}\t${description}`));
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
}
