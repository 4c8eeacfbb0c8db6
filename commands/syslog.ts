import { Flags } from "@oclif/core";
import { readSyslog, type SyslogRow } from "../src/app/syslog.ts";
import * as common from "../src/cli/flags/common.ts";
import { StreamCommand } from "../src/cli/families/stream-command.ts";
import { filterFlags, filterOfFlags } from "../src/cli/flags/syslog.ts";
import { selectNodes } from "../src/domain/select.ts";
import { visible } from "../src/domain/text.ts";
import { prefixes } from "../src/view/text/prefix.ts";

export default class Syslog extends StreamCommand {
  static override summary = "Print the system log of the nodes.";
  static override description = `Runs the config's syslog command on each node; without one, it is the last 1,000 lines of the journal, /var/log/syslog, /var/log/messages or dmesg, whichever the node has first.
Errors and warnings are told by PRI where a line begins with it (<34>…), else by its words.`;
  static override flags = {
    node: common.nodeFlag,
    ...filterFlags,
    tail: Flags.integer({
      helpValue: "N",
      summary: "Only the last N lines of each node that pass the filters.",
      min: 0,
    }),
    sudo: Flags.boolean({ summary: "Run as root, through sudo where the login is not root." }),
    "no-prefix": Flags.boolean({ summary: "Print the lines without their node." }),
  };
  static override examples = [
    "<%= config.bin %> syslog --tail 20",
    "<%= config.bin %> syslog --errors --today --node 'web*'",
    "<%= config.bin %> syslog --grep 'oom|usb' --json",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Syslog);
    const { json } = flags;
    const filter = filterOfFlags(flags);
    const { config, ports } = await this.open(flags);
    const nodes = selectNodes(config, flags.node ?? []);
    const style = this.terminal.out;
    const before = prefixes(
      style,
      nodes.map(({ name }) => name),
    );
    const shown = process.stdout.isTTY ? visible : (line: string) => line;
    const rows = this.rows<SyslogRow>({
      json,
      follow: false,
      key: "lines",
      text: ({ node, line }) => `${flags["no-prefix"] ? "" : before(node, "|")}${shown(line)}\n`,
    });
    const report = await readSyslog(ports, {
      config,
      nodes,
      filter,
      tail: flags.tail,
      sudo: flags.sudo,
      onLine: (row) => rows.row(row),
      onIdle: () => rows.flush(),
    });
    await this.finishRows(report, rows, json);
  }
}
