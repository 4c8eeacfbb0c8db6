import { Flags } from "@oclif/core";
import { containerStatus } from "../src/app/status.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { jsonLine } from "../src/view/document.ts";
import { redraw } from "../src/cli/output/redraw.ts";
import { sinkOf } from "../src/cli/output/sink.ts";
import { selectOnNodes } from "../src/domain/select.ts";
import { statusView } from "../src/view/container/status.ts";
import type { LiveSources } from "../src/watch/feed/feed.ts";
import type { FollowStatus } from "../src/watch/follow-status.ts";
import type { NamedScope } from "../src/watch/status.ts";

export default class Status extends PictlCommand {
  static override summary = "Compare wanted with actual, per container; exit 1 when they differ.";
  static override aliases = ["ps"];
  static override args = { container: common.containersArg };
  static override description = `With --watch the table is redrawn whenever something changes, as Docker's own events tell, until Ctrl-C. What a node that does not answer had is shown as unknown, and how long ago it answered stands below.
Where stdout is no terminal, --watch prints a line for everything there is, and then one for every change; with --json each is an object: {"time", "containers", "gone", "nodes"}, of which the first has all rows.`;
  static override flags = {
    node: common.nodeFlag,
    watch: Flags.boolean({ char: "w", summary: "Go on until Ctrl-C, and show what changes." }),
  };
  static override examples = [
    "<%= config.bin %> status",
    "<%= config.bin %> status web --json",
    "<%= config.bin %> ps --node n2",
    "<%= config.bin %> status --watch",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Status);
    const context = await this.open(flags);
    const { config, ports } = context;
    const { nodes, placements } = selectOnNodes(config, args.container ?? [], flags.node ?? []);
    if (flags.watch) {
      await this.#watch(context, { names: args.container, nodes: flags.node }, flags.json);
      return;
    }
    const report = await containerStatus(ports, {
      config,
      placements,
      nodes,
      // Who asks for one container asks for all its copies, and for no others.
      names: args.container && [...new Set(placements.map(({ container }) => container))],
      onEarly: this.early(statusView),
    });
    await this.finish(report, statusView);
  }

  async #watch(context: LiveSources, named: NamedScope, json: boolean): Promise<void> {
    // Who looks once pays for none of it.
    const [{ openLive }, { followStatus }, { scopeOf }, { changeLines, statusFrame }] = await Promise.all([
      import("../src/watch/index.ts"),
      import("../src/watch/follow-status.ts"),
      import("../src/watch/status.ts"),
      import("../src/view/container/status-watch.ts"),
    ]);
    const scope: FollowStatus["scope"] = (latest) => scopeOf(latest, named);
    const { stdout } = process;
    const live = openLive(context);
    const sink = sinkOf(stdout);
    const frame = redraw(stdout);
    // Asked for each time: the terminal may have another size by now.
    const drawn: FollowStatus = {
      scope,
      onStatus: (status) => {
        frame(statusFrame(status, this.terminal.out, (stdout.rows || 24) - 1));
      },
    };
    const told: FollowStatus = {
      scope,
      onChanges: (changes) => sink(json ? `${jsonLine(changes)}\n` : changeLines(changes, this.terminal.out)),
    };
    const drawing = stdout.isTTY && !json;
    // What is not drawn is not measured.
    if (drawing) live.watch({ uses: "all" });
    await followStatus(context.ports, live, drawing ? drawn : told);
    await live.stop();
    await this.progress.stop();
    process.exitCode = exitCodeOfInterruption;
  }
}

const exitCodeOfInterruption = 130;
