import { cordonNodes } from "../../app/node/cordon.ts";
import { selectNodes } from "../../domain/select.ts";
import { nodeChangeView } from "../../view/node/node.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";

/** What `node cordon` and `node uncordon` share: everything but the direction. */
export abstract class CordonCommand extends PictlCommand {
  protected async cordon(
    cordoned: boolean,
    { args, flags }: { args: { node: readonly string[] }; flags: GlobalFlags & { "dry-run": boolean } },
  ): Promise<void> {
    const { config, store, ports } = await this.open(flags);
    const nodes = selectNodes(config, args.node);
    await this.finish(await cordonNodes(ports, { store, nodes, cordoned, dryRun: flags["dry-run"] }), nodeChangeView);
  }
}
