import { spawn } from "node:child_process";
import { Flags } from "@oclif/core";
import { kibanaObjects, linksInto, setUpKibana } from "../src/app/kibana.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { loadShipping } from "../src/cli/output/open-log.ts";
import { parseMoment } from "../src/domain/time.ts";
import { kibanaView } from "../src/view/service/kibana.ts";

export default class Kibana extends PictlCommand {
  static override summary = "Print links into Kibana, or put pictl's dashboards there.";
  static override description =
    "Two dashboards: what nodes and containers use, and what happened. --setup puts them there, and index templates into " +
    "Elasticsearch before; what is there of them is replaced. They were checked against Elasticsearch, and not tried on a Kibana.";
  static override flags = {
    setup: Flags.boolean({ summary: "Put index templates, data views and both dashboards where they belong." }),
    ndjson: Flags.boolean({
      summary: "Print the dashboards instead, for an import by hand.",
      exclusive: ["setup", "open", "json"],
    }),
    open: Flags.string({
      helpValue: "WHICH",
      options: ["cluster", "events", "discover"],
      summary: "Open one of the links in the browser of this machine: cluster, events or discover.",
      exclusive: ["setup"],
    }),
    container: Flags.string({ helpValue: "CONTAINER", summary: "Only events of this container." }),
    node: Flags.string({ char: "n", helpValue: "NODE", summary: "Only events of this node." }),
    since: Flags.string({ helpValue: "WHEN", summary: "From then on: 10m, 2h, 2026-01-31. Without it, 24h." }),
  };
  static override examples = [
    "<%= config.bin %> kibana",
    "<%= config.bin %> kibana --setup",
    "<%= config.bin %> kibana --open discover --container web --since 2h",
  ];

  async run(): Promise<void> {
    const { flags } = await this.parse(Kibana);
    const { config, files, kibana } = await loadShipping(flags.config, this.progress);
    if (flags.ndjson) {
      process.stdout.write(kibanaObjects(config));
      return;
    }
    if (flags.setup) {
      const report = await setUpKibana(config, { elastic: files?.elastic, kibana }, this.signal);
      await this.finish(
        report,
        ({ templates, objects }) => `${String(templates)} templates, ${String(objects)} saved objects\n`,
      );
      return;
    }
    const from = flags.since === undefined ? "now-24h" : new Date(parseMoment(flags.since, Date.now())).toISOString();
    const report = linksInto(config, { container: flags.container, node: flags.node, from });
    const link = report.result.links.find(({ name }) => name === flags.open);
    // Its failure is no failure: the link stands in the output.
    if (link)
      spawn("xdg-open", [link.url], { stdio: "ignore", detached: true })
        .on("error", () => undefined)
        .unref();
    await this.finish(report, kibanaView);
  }
}
