import { randomUUID } from "node:crypto";
import { Flags } from "@oclif/core";
import type { Ask } from "../src/app/ports.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { localTerminal } from "../src/cli/input/tty.ts";
import { quietProgress } from "../src/cli/output/quiet.ts";
import { PictlError } from "../src/domain/errors.ts";

export default class Tui extends PictlCommand {
  static override summary = "Watch and run the cluster on the full screen.";
  static override description = `What is wrong comes first; \`?\` lists the keys, \`:\` takes every command. docs/tui.md has all of it.
Every action shows the command that does the same, asks before it stops or removes anything, and goes on as a job while you look elsewhere. The terminal needs 40 columns and 10 rows at least.`;
  static override flags = {
    "read-only": Flags.boolean({ summary: "Look only: nothing that changes anything is there." }),
  };
  static override examples = ["<%= config.bin %> tui", "<%= config.bin %> tui --read-only"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Tui);
    if (flags.json) {
      throw new PictlError("usage", "The full screen is for people: there is no --json.", {
        hint: "`pictl status --json` tells the same to programs.",
      });
    }
    const { openScreen, terminalRefusal } = await import("../src/tui/terminal/index.ts");
    const { stdin, stdout, env } = process;
    const refused = terminalRefusal({ stdin, stdout }, env);
    if (refused) throw refused;
    const progress = quietProgress();
    let lend: <T>(work: () => Promise<T>) => Promise<T> = (work) => work();
    const context = await this.open(flags, { progress, face: "tui", ask: lending(this.ask, (work) => lend(work)) });
    const [{ jobsEffects, runTui }, { openJobs }, { openLive }] = await Promise.all([
      import("../src/tui/effects/index.ts"),
      import("../src/operations/jobs/index.ts"),
      import("../src/watch/index.ts"),
    ]);
    const jobs = openJobs({
      cluster: context,
      newId: randomUUID,
      onBug: (error) => {
        progress.warn(`A fault of pictl's own: ${String(error)}`);
      },
    });
    const live = openLive(context, { jobs: jobsEffects(jobs) });
    try {
      process.exitCode = await runTui({
        cluster: context,
        live,
        jobs,
        open: (user) => {
          const terminal = openScreen({ stdin, stdout, env, colour: this.terminal.out.colour, user });
          lend = (work) => terminal.lend(work);
          return terminal;
        },
        local: localTerminal,
        edit: () => this.runSelf(["config", "edit", "--config", context.store.path]),
        readOnly: flags["read-only"],
        now: Date.now,
        random: Math.random,
        onWarning: (listener) => {
          progress.onWarning(listener);
        },
      });
    } finally {
      // What was asked to stop comes to a safe end first.
      await Promise.all([live.stop(), jobs.close()]);
    }
  }

  protected override announceStop(): void {
    // The screen is put back, which tells it.
  }
}

/** Questions of what works in the background, such as for a key's passphrase, are asked while the screen is put aside. */
function lending(ask: Ask, lend: <T>(work: () => Promise<T>) => Promise<T>): Ask {
  return {
    confirm: (question, instead) => lend(() => ask.confirm(question, instead)),
    text: (question, instead, objection) => lend(() => ask.text(question, instead, objection)),
    hidden: (question, instead) => lend(() => ask.hidden(question, instead)),
  };
}
