import { readDaemonStatus as lookAtDaemon } from "../../app/daemon/status.ts";
import { operation } from "../operation.ts";

export const daemonStatus = operation(
  {
    id: "daemon.status",
    command: "daemon status",
    route: "GET /daemon",
    role: "viewer",
    changes: false,
    summary: "Tell whether a daemon watches the cluster from this machine.",
    button: "Daemon",
    output: "daemon status",
    input: {},
  },
  async ({ config, controller, daemon, ports }) => {
    const stateDir = await controller.lookAtStateDir(config.stateDir);
    return lookAtDaemon({ ...daemon, now: ports.clock.now(), stateDir });
  },
);
