import { testNotices } from "../../src/app/notices/test.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import { notifyView } from "../../src/view/service/notify.ts";

export default class NotifyTest extends PictlCommand {
  static override summary = "Send a test message to each receiver of `notify`.";
  static override description =
    "Tells what each one answered. What happens in the cluster is told by `pictl daemon`, which reads the event log.";
  static override examples = ["<%= config.bin %> notify test"];

  async run(): Promise<void> {
    const { flags } = await this.parse(NotifyTest);
    const { config, ports } = await this.open(flags);
    await this.finish(await testNotices(ports, config), notifyView);
  }
}
