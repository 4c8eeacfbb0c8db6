import { Flags } from "@oclif/core";
import { type LogRow, readLogs } from "../src/app/logs/index.ts";
import * as common from "../src/cli/flags/common.ts";
import { pattern } from "../src/cli/errors/pattern.ts";
import { StreamCommand } from "../src/cli/families/stream-command.ts";
import type { Config, Placement } from "../src/domain/config/types.ts";
import { selectOnNodes } from "../src/domain/select.ts";
import { parseMoment } from "../src/domain/time.ts";
import { logEnded, logLine, logNotices } from "../src/view/container/logs.ts";
import { prefixes } from "../src/view/text/prefix.ts";

export default class Logs extends StreamCommand {
  static override summary = "Print the logs of containers from all their nodes, merged by time.";
  static override description = `With --json: one document, or one object a line with --follow ({"time", "container", "node", "stream", "line"}, a failure is {"failure"}).
With --follow a node that does not answer is waited for: its logs go on where they broke off, without a line lost or repeated. A container that is moved is followed to its new node, unless NAME@NODE or --node says where to look.
On a terminal, control characters in the logs are shown and not sent, unless --raw.`;
  static override args = { container: common.containersArg };
  static override flags = {
    node: common.nodeFlag,
    follow: Flags.boolean({
      char: "f",
      summary: "Go on printing what comes, until Ctrl-C or until the containers have ended.",
    }),
    since: Flags.string({ helpValue: "WHEN", summary: "Only from then on: 10m, 2h, 2026-01-31, 2026-01-31T10:00Z." }),
    tail: Flags.integer({
      helpValue: "N",
      summary: "Only the last N lines of each container; with --grep, the last N that match.",
      min: 0,
    }),
    grep: Flags.string({ char: "g", helpValue: "REGEXP", summary: "Only lines that match (JavaScript syntax)." }),
    timestamps: Flags.boolean({ char: "t", summary: "Print the time of each line." }),
    "no-prefix": Flags.boolean({ summary: "Print the lines without their container and node." }),
    raw: Flags.boolean({ summary: "Send control characters to the terminal as they are." }),
  };
  static override examples = [
    "<%= config.bin %> logs",
    "<%= config.bin %> logs web --follow --tail 20",
    "<%= config.bin %> logs web@n1 'db*' --since 10m --grep 'error|warn'",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const { json, follow } = flags;
    const sinceMs = flags.since === undefined ? undefined : parseMoment(flags.since, Date.now());
    const grep = flags.grep === undefined ? undefined : pattern("grep", flags.grep);
    const { config, ports } = await this.open(flags);
    const select = (latest: Config): readonly Placement[] =>
      selectOnNodes(latest, args.container ?? [], flags.node ?? []).placements;
    const view = {
      style: this.terminal.out,
      prefix: flags["no-prefix"]
        ? undefined
        : prefixes(
            this.terminal.out,
            select(config).map((each) => `${each.container}@${each.node}`),
          ),
      timestamps: flags.timestamps,
      neutral: process.stdout.isTTY && !flags.raw,
    };
    const rows = this.rows<LogRow>({ json, follow, key: "lines", text: (row) => logLine(row, view) });
    const report = await readLogs(ports, {
      config,
      select,
      follow,
      tail: flags.tail,
      sinceMs,
      grep,
      random: Math.random,
      output: {
        line: (row) => rows.row(row),
        idle: () => rows.flush(),
        ...logNotices((text) => {
          this.progress.notice(text);
        }),
        ended: ({ container, node }, elsewhere) => {
          if (!json) this.progress.warn(logEnded(container, node, elsewhere));
        },
      },
    });
    // Says why where there are none.
    await this.finishRows({ ...report, result: { containers: select(config) } }, rows, json);
  }
}
