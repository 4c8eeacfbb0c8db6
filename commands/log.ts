import { Flags } from "@oclif/core";
import { noElastic, shipOnce } from "../src/app/elastic/once.ts";
import { elasticLog } from "../src/app/elastic/read.ts";
import { readLog } from "../src/app/log.ts";
import type { EventLog } from "../src/app/ports.ts";
import { loadLog, loadShipping } from "../src/cli/output/open-log.ts";
import { StreamCommand } from "../src/cli/families/stream-command.ts";
import type { PictlEvent } from "../src/domain/events/event.ts";
import { parseMoment } from "../src/domain/time.ts";
import { eventLine } from "../src/view/service/log.ts";

export default class Log extends StreamCommand {
  static override summary = "Show what pictl did: its own event log.";
  static override description =
    "Touches no node. Types have two parts: what it was about (command, config, container, controller, daemon, failover, " +
    "heartbeat, hook, image, job, node, shell, state, vip) and what happened to it; --type container means all of container.*.\n" +
    "With --json: one document, or one event a line with --follow.";
  static override flags = {
    from: Flags.string({
      options: ["elasticsearch"],
      summary: "Read what Elasticsearch has instead: of all controllers, and for longer.",
      exclusive: ["follow", "ship"],
    }),
    ship: Flags.boolean({
      summary: "Send Elasticsearch what it does not have yet, once, for cron; a daemon does it by itself.",
      exclusive: ["follow", "since", "tail", "type", "node", "container", "important"],
    }),
    follow: Flags.boolean({ char: "f", summary: "Go on showing what happens, until Ctrl-C." }),
    since: Flags.string({ helpValue: "WHEN", summary: "Only from then on: 10m, 2h, 2026-01-31, 2026-01-31T10:00Z." }),
    important: Flags.boolean({
      summary: "Leave out what is routine, and what only says again what was said: a check that still fails.",
    }),
    tail: Flags.integer({ helpValue: "N", summary: "Only the last N events.", min: 0 }),
    type: Flags.string({
      helpValue: "TYPE",
      multiple: true,
      multipleNonGreedy: true,
      summary: "Only these types: container.created, container, a glob. Repeatable.",
    }),
    node: Flags.string({
      char: "n",
      helpValue: "NODE",
      multiple: true,
      multipleNonGreedy: true,
      summary: "Only events of these nodes, which need not be in the config any more: a name or a glob. Repeatable.",
    }),
    container: Flags.string({
      helpValue: "CONTAINER",
      multiple: true,
      multipleNonGreedy: true,
      summary: "Only events of these containers: a name or a glob. Repeatable.",
    }),
  };
  static override examples = [
    "<%= config.bin %> log --tail 20",
    "<%= config.bin %> log --since 1d --type container --node 'web*'",
    "<%= config.bin %> log --since 1d --important",
    "<%= config.bin %> log --follow --json",
    "<%= config.bin %> log --from elasticsearch --since 30d --type container.failed-over",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Log);
    if (flags.ship) {
      await this.#ship(flags.config);
      return;
    }
    const { json, follow } = flags;
    const sinceMs = flags.since === undefined ? undefined : parseMoment(flags.since, Date.now());
    const style = this.terminal.out;
    const log =
      flags.from === undefined
        ? await loadLog(flags.config, this.progress)
        : await this.#elasticLog(flags.config, sinceMs);
    const rows = this.rows<PictlEvent>({ json, follow, key: "events", text: (event) => eventLine(event, style) });
    const report = await readLog(log, {
      follow,
      important: flags.important,
      sinceMs,
      tail: flags.tail,
      types: flags.type ?? [],
      nodes: flags.node ?? [],
      containers: flags.container ?? [],
      signal: this.signal,
      output: { event: (event) => rows.row(event), idle: () => rows.flush() },
    });
    await this.finishRows(report, rows, json);
  }

  async #ship(configPath: string | undefined): Promise<void> {
    const { config, files } = await loadShipping(configPath, this.progress);
    const report = await shipOnce(config, files && { ...files, version: this.config.version }, this.signal);
    await this.finish(report, ({ shipped }) => `${String(shipped)} event${shipped === 1 ? "" : "s"} shipped\n`);
  }

  async #elasticLog(configPath: string | undefined, sinceMs: number | undefined): Promise<Pick<EventLog, "read">> {
    const { config, files } = await loadShipping(configPath, this.progress);
    if (!config.elasticsearch || !files) throw noElastic();
    return elasticLog(config, { section: config.elasticsearch, elastic: files.elastic, sinceMs });
  }
}
