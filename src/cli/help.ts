import { Help } from "@oclif/core/help";

/** The first page of the manual: what `pictl` and `pictl --help` show. A command of no group stands under "More". */
const groups: Readonly<Record<string, readonly string[]>> = {
  "The cluster": ["init", "nodes", "node", "doctor", "status", "heartbeat", "vip", "daemon", "tui"],
  Containers: ["build", "create", "start", "stop", "restart", "delete", "move", "container", "logs", "stats"],
  Images: ["images", "image", "pull", "search", "tags", "prune"],
  "On the nodes": ["exec", "run", "shell", "syslog", "rsyslog"],
  "pictl itself": ["config", "log", "lab", "kibana", "completion"],
};

export class PictlHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    const entries = this.entries();
    const grouped = new Set(Object.values(groups).flat());
    const more = [...entries.keys()].filter((name) => !grouped.has(name));
    this.log(`${this.config.pjson.description ?? ""}\n`);
    this.log(`${this.section("USAGE", "$ pictl COMMAND [ARGUMENTS] [FLAGS]")}\n`);
    for (const [title, names] of [...Object.entries(groups), ["More", more] as const]) {
      const known = names.filter((name) => entries.has(name));
      if (known.length > 0) this.log(`${this.group(title, known, entries)}\n`);
    }
    this.log("`pictl help COMMAND` is a command's manual page. Every command has --config, --json and --no-color.");
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
