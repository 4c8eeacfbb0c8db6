/** The machine that pictl runs on: the daemon killed, stopped, terminated. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "../support/daemon.ts";
import type { Fault } from "./stage.ts";

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
  inject: async ({ daemon, auditor }) => {
    const end = auditor.begin("frozen", { name: "the daemon leaves" });
    await daemon.stop();
    end();
  },
  heal: ({ daemon }) => daemon.start(),
};

/** Another one for the same cluster, which knows nothing of the first, as on another machine; killed when it is healed. */
export function secondDaemon(): Fault {
  let second: Daemon | undefined;
  return {
    name: "controller: a second daemon",
    blocks: ["controller"],
    inject: async ({ lab }) => {
      const { config, dir } = lab.status();
      const document = JSON.parse(readFileSync(config, "utf8")) as object;
      const other = join(dir, "second.json");
      writeFileSync(other, JSON.stringify({ ...document, state_dir: "state-second" }), { mode: 0o600 });
      second = new Daemon({ config: other });
      await second.start();
    },
    heal: () => second?.kill() ?? Promise.resolve(),
  };
}
