/** The machine that pictl runs on: the daemon killed, stopped, terminated. */
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

/** Asked to leave, and another daemon when it is healed. */
export const daemonStopped: Fault = {
  name: "controller: daemon stopped",
  blocks: ["controller"],
  inject: async ({ daemon }) => {
    await daemon.stop();
  },
  heal: ({ daemon }) => daemon.start(),
};
