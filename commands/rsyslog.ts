import { Flags } from "@oclif/core";
import { analyseRsyslog } from "../src/app/rsyslog.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { filterFlags, filterOfFlags } from "../src/cli/flags/syslog.ts";
import { parseMoment } from "../src/domain/time.ts";
import { rsyslogView } from "../src/view/node/rsyslog.ts";

export default class Rsyslog extends PictlCommand {
  static override summary = "Count what is in the rsyslog file: hosts, severities, programs, messages.";
  static override description = `Reads rsyslog_logfile on rsyslog_host: RFC 3164 and RFC 5424 lines. rsyslog's default file format has no severity: it is that of PRI where the line begins with it (<34>…), else told by the message's words.
In messages, numbers, addresses and hexadecimal are #, so that those of a kind are counted together; beyond 20,000 kinds, hosts or programs the rarest are left out. The file is counted on its host, by Perl, and only the counts cross the line; with --grep, or where there is no Perl, it is sent compressed and counted here.`;
  static override flags = {
    ...filterFlags,
    since: Flags.string({ helpValue: "WHEN", summary: "Only from then on: 10m, 2h, 2026-01-31, 2026-01-31T10:00Z." }),
    top: Flags.integer({
      helpValue: "N",
      summary: "How many hosts, programs and messages to show.",
      default: 10,
      min: 1,
      max: 1000,
    }),
    sudo: Flags.boolean({ summary: "Run as root, through sudo where the login is not root." }),
  };
  static override examples = [
    "<%= config.bin %> rsyslog",
    "<%= config.bin %> rsyslog --errors --since 2h --top 20",
    "<%= config.bin %> rsyslog --today --grep 'sshd.*root' --json",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Rsyslog);
    const filter = filterOfFlags(flags);
    const sinceMs = flags.since === undefined ? undefined : parseMoment(flags.since, Date.now());
    const { config, ports } = await this.open(flags);
    const report = await analyseRsyslog(ports, { config, filter, sinceMs, top: flags.top, sudo: flags.sudo });
    await this.finish(report, rsyslogView);
  }
}
