import { examineCluster, untold } from "../src/app/doctor.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { exitCodeOf } from "../src/domain/errors.ts";
import { selectNodes } from "../src/domain/select.ts";
import { countView, type doctorView, findingsView } from "../src/view/node/doctor.ts";

export default class Doctor extends PictlCommand {
  static override summary = "Check each node and this machine, with a remedy for whatever is not well.";
  static override description =
    "Looks at SSH, host key, login, shell, sudo, Docker, the virtual IP's tools and device, clock, disk and memory. " +
    "Changes nothing. Exits with 1 when there is a problem, 3 when a node cannot be reached, 4 when a host key is not trusted.";
  static override args = { node: common.nodesArg };
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor n2 --json"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor);
    const { config, store, ports, controller } = await this.open(flags);
    const nodes = selectNodes(config, args.node ?? []);
    const findings: typeof doctorView = (result, style) => findingsView(result, style, nodes.length + 1);
    const onEarly = this.early(findings);
    const report = await examineCluster({ ...ports, controller }, { config, configPath: store.path, nodes, onEarly });
    // The tree tells each problem where it belongs; only a program wants them listed once more.
    const shown = flags.json ? report : { ...report, failures: untold(report), exitCode: exitCodeOf(report.failures) };
    // The count is of all, whatever has been printed early.
    await this.finish(shown, (rest, style) => findings(rest, style) + countView(report.result, style));
  }
}
