/** The machine that pictl runs on: the daemon killed, stopped, terminated. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "../support/daemon.ts";
import type { Fault, Stage } from "./stage.ts";

/** `kill -9`, and another daemon when it is healed. */
export const daemonKilled: Fault = {
  name: "controller: daemon killed",
  blocks: ["controller"],
  inject: ({ daemon }) => daemon.kill(),
  heal: ({ daemon }) => daemon.start(),
};

/** Stands still and then goes on as if nothing had been. */
export const daemonPaused: Fault = {
  name: "controller: daemon stands still",
  blocks: ["controller"],
  inject: async ({ daemon }) => {
    daemon.signal("SIGSTOP");
  },
  heal: async ({ daemon }) => {
    daemon.signal("SIGCONT");
  },
};

/** Asked to leave, when a lease may be made to last, and another daemon when it is healed. */
export const daemonStopped: Fault = {
  name: "controller: daemon stopped",
  blocks: ["controller"],
  inject: (stage) => stopped(stage, stage.daemon),
  heal: ({ daemon }) => daemon.start(),
};

/** Asks a daemon to leave, which may make a lease last; resolves when it has. */
export async function stopped({ auditor }: Pick<Stage, "auditor">, daemon: Daemon): Promise<void> {
  const end = auditor.begin("frozen", { name: "the daemon leaves" });
  const code = await daemon.stop();
  end();
  if (code === null) throw new Error(`The daemon had to be killed, since it did not leave. It said:\n${daemon.log()}`);
}

/** One for the same cluster, not begun yet, which knows nothing of the first, as on another machine. */
export function otherDaemon({ lab }: Pick<Stage, "lab">): Daemon {
  const { config, dir } = lab.status();
  const document = JSON.parse(readFileSync(config, "utf8")) as object;
  const other = join(dir, "second.json");
  writeFileSync(other, JSON.stringify({ ...document, state_dir: "state-second" }), { mode: 0o600 });
  return new Daemon({ config: other });
}

/** A second daemon, killed when it is healed. */
export function secondDaemon(): Fault {
  let second: Daemon | undefined;
  return {
    name: "controller: a second daemon",
    blocks: ["controller"],
    inject: async (stage) => {
      second = otherDaemon(stage);
      await second.start();
    },
    heal: () => second?.kill() ?? Promise.resolve(),
  };
}
