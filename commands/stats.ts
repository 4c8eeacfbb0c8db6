import { Flags } from "@oclif/core";
import { type StatsTick, takeStats, watchStats } from "../src/app/stats.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { jsonLine } from "../src/view/document.ts";
import { redraw } from "../src/cli/output/redraw.ts";
import { sinkOf } from "../src/cli/output/sink.ts";
import { selectOnNodes } from "../src/domain/select.ts";
import { failureText } from "../src/view/failures.ts";
import { statsView } from "../src/view/container/stats.ts";

const defaultSeconds = 2;

export default class Stats extends PictlCommand {
  static override summary = "Show what nodes and containers use: processor, memory, network.";
  static override description = `100 % is one processor fully used, for nodes too. A node's memory is what is not available; a container's is without its file cache. A node's network is that of its own devices, without Docker's inner ones.
With --watch alone the screen is redrawn every ${String(defaultSeconds)} s, with --watch 5 every 5 s; with --json it is one object a line: {"time", "stats", "failures"}.`;
  static override args = { container: common.containersArg };
  static override flags = {
    node: common.nodeFlag,
    watch: Flags.integer({
      char: "w",
      helpValue: "SECONDS",
      summary: "Go on until Ctrl-C, every so many seconds.",
      min: 1,
      max: 3600,
    }),
  };
  static override examples = [
    "<%= config.bin %> stats",
    "<%= config.bin %> stats web 'db*' --watch",
    "<%= config.bin %> stats --node n1 --watch 10 --json",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Stats, withSeconds(this.argv));
    const { config, ports } = await this.open(flags);
    const { nodes, placements } = selectOnNodes(config, args.container ?? [], flags.node ?? []);
    const named = args.container !== undefined;
    const input = {
      config,
      // Who asks for containers asks for the nodes they are on.
      nodes: named ? nodes.filter(({ name }) => placements.some(({ node }) => node === name)) : nodes,
      placements,
      strays: !named,
    };
    if (flags.watch === undefined) {
      const onEarly = this.early(statsView);
      await this.finish(await takeStats(ports, { ...input, onEarly }), statsView);
      return;
    }
    const onTick = flags.json ? jsonTicks() : this.#drawnTicks();
    const report = await watchStats(ports, { ...input, intervalMs: flags.watch * 1000, onTick });
    await this.progress.stop();
    process.exitCode = report.exitCode ?? 0;
  }

  #drawnTicks(): (tick: StatsTick) => void {
    const { stdout } = process;
    const show = stdout.isTTY ? redraw(stdout) : (text: string) => void stdout.write(`${text}\n`);
    // Asked for each time: the terminal may have another size by now.
    return ({ stats, failures }) => {
      const { out } = this.terminal;
      show(statsView({ stats }, out) + failureText(out, failures));
    };
  }
}

function jsonTicks(): (tick: StatsTick) => void | Promise<void> {
  const sink = sinkOf(process.stdout);
  return (tick) => sink(`${jsonLine(tick)}\n`);
}

/** oclif has no flags whose value may be left out. */
function withSeconds(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((word, index) => {
    const isWatch = (word === "--watch" || word === "-w") && (end === -1 || index < end);
    // A number behind it is its value: whoever has a container of that name puts it before, or writes --watch=5.
    const bare = isWatch && !/^\d+$/.test(argv[index + 1] ?? "");
    return bare ? `--watch=${String(defaultSeconds)}` : word;
  });
}
