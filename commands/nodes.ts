import { listNodes } from "../src/app/nodes.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { selectNodes } from "../src/domain/select.ts";
import { nodesView } from "../src/view/node/nodes.ts";

export default class Nodes extends PictlCommand {
  static override summary = "Show every node: reachable or not, system, load, Docker, virtual IP.";
  static override args = { node: common.nodesArg };
  static override examples = ["<%= config.bin %> nodes", "<%= config.bin %> nodes 'rack1-*' --json"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Nodes);
    const { config, ports } = await this.open(flags);
    const nodes = selectNodes(config, args.node ?? []);
    const onEarly = this.early(nodesView);
    await this.finish(await listNodes(ports, { config, nodes, onEarly }), nodesView);
  }
}
