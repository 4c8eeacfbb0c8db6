import type { Command } from "@oclif/core";
import { CommandHelp, Help } from "@oclif/core/help";
import { jsonDocument, jsonText } from "../view/document.ts";
import { wrapCommand } from "../view/text/wrap.ts";

/** A command's page: what oclif makes of its statics, with a short usage and nothing said twice. */
class ManualPage extends CommandHelp {
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).map((arg) => {
      const name = `${arg.name.toUpperCase()}${arg.multiple === true ? "..." : ""}`;
      return arg.required === true ? name : `[${name}]`;
    });
    const required = Object.values(this.command.flags)
      .filter((flag) => flag.type === "option" && flag.required === true)
      .map((flag) => `--${flag.name} ${flag.type === "option" ? (flag.helpValue?.toString() ?? "VALUE") : ""}`);
    return [this.command.id, ...args, ...required, "[FLAGS]"].join(" ");
  }

  /** Those with a letter first: oclif loses the indentation of a first one without. */
  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags([...flags.filter((flag) => flag.char), ...flags.filter((flag) => !flag.char)]);
  }

  /** The summary is the title already. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }

  /** A long one goes on behind a backslash, so that it can be copied. */
  protected override examples(examples: Command.Example[] | string | undefined): string {
    const lines = [examples ?? []].flat().filter((example) => typeof example === "string");
    const width = this.opts.maxWidth - 2 * this.indentSpacing;
    return lines.map((line) => wrapCommand(`$ ${this.render(line)}`, width)).join("\n\n");
  }
}

/** The first page of the manual: what `pictl` and `pictl --help` show. Each command stands in a group (`help.test.ts`). */
export const commandGroups: Readonly<Record<string, readonly string[]>> = {
  "The cluster": ["init", "status", "nodes", "node", "doctor", "tui", "serve"],
  "From the config to what runs": ["plan", "apply", "rollback", "history", "config", "container", "import"],
  Containers: ["create", "start", "stop", "restart", "delete", "move", "logs", "stats"],
  "Nobody is looking": ["daemon", "heartbeat", "vip", "notify"],
  Images: ["build", "images", "image", "pull", "search", "tags", "prune"],
  "On the nodes": ["exec", "run", "shell", "syslog", "rsyslog"],
  "pictl itself": ["log", "kibana", "lab", "completion"],
};

export class PictlHelp extends Help {
  protected override CommandHelpClass = ManualPage;
  /** With `--json`: what there is to say, for the one document. */
  readonly #pages: string[] | undefined = wantsJson(process.argv.slice(2)) ? [] : undefined;

  override async showHelp(argv: string[]): Promise<void> {
    await super.showHelp(argv);
    if (this.#pages === undefined) return;
    const help = this.#pages.map((page) => `${page}\n`).join("");
    process.stdout.write(`${jsonText(jsonDocument({ result: { help }, failures: [] }))}\n`);
  }

  protected override log(...texts: string[]): void {
    if (this.#pages === undefined) super.log(...texts);
    else this.#pages.push(texts.join(" "));
  }

  protected override async showRootHelp(): Promise<void> {
    const entries = this.entries();
    this.log(`${this.config.pjson.description ?? ""}\n`);
    this.log(`${this.section("USAGE", "$ pictl COMMAND [ARGUMENTS] [FLAGS]")}\n`);
    for (const [title, names] of Object.entries(commandGroups)) this.log(`${this.group(title, names, entries)}\n`);
    this.log("`pictl help COMMAND` is a command's manual page.");
    this.log("Every command has --config, --json and --no-color.");
  }

  private group(title: string, names: readonly string[], entries: ReadonlyMap<string, string>): string {
    // One width for all groups, so that the summaries stand in one column.
    const width = Math.max(...[...entries.keys()].map((name) => name.length));
    const rows = names.map((name): [string, string | undefined] => [name.padEnd(width), entries.get(name)]);
    return this.section(title.toUpperCase(), this.renderList(rows, { indentation: 2, spacer: "\n" }));
  }

  /** Commands and topics by their first word, without aliases. */
  private entries(): ReadonlyMap<string, string> {
    const topics = this.sortedTopics.filter(({ name }) => !name.includes(":"));
    const commands = this.sortedCommands.filter(({ id, aliases }) => !id.includes(":") && !aliases.includes(id));
    return new Map([
      ...topics.map(({ name, description }): [string, string] => [name, description ?? ""]),
      ...commands.map(({ id, summary }): [string, string] => [id, summary ?? ""]),
    ]);
  }
}

function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? undefined : end).includes("--json");
}
