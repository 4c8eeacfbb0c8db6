import { Args } from "@oclif/core";
import { listNodes } from "../src/app/nodes.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { selectNodes } from "../src/domain/select.ts";
import { nodesView } from "../src/view/nodes.ts";

export default class Nodes extends PictlCommand {
  static override summary = "Show every node: reachable or not, system, load, Docker, virtual IP.";
  static override strict = false;
  static override args = {
    node: Args.string({ description: "Nodes to show: names, globs or label=value; all when left out." }),
  };
  static override examples = ["<%= config.bin %> nodes", "<%= config.bin %> nodes 'rack1-*' --json"];

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Nodes);
    const { config, ports } = await this.open(flags);
    await this.finish(await listNodes(ports, { config, nodes: selectNodes(config, argv as string[]) }), nodesView);
  }
}
