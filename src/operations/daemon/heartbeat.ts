import { openHeartbeat } from "../../app/heartbeat/index.ts";
import { heartbeatOnce } from "../../app/heartbeat/once.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const daemonHeartbeat = operation(
  {
    id: "daemon.heartbeat",
    command: "heartbeat",
    route: "POST /heartbeat",
    role: "operator",
    changes: true,
    summary: "Check every container of the heartbeat section now.",
    button: "Heartbeat now",
    key: "H",
    output: "heartbeat",
    input: { repair: field.flag("Also restart what fails, and fail over what has failed too often.") },
  },
  async ({ config, store, ports, daemon }, { repair }) => {
    const lock = repair ? await daemon.lock() : undefined;
    try {
      const heartbeat = openHeartbeat(ports, { store, counts: "kept" });
      return await heartbeatOnce(heartbeat, { config, mayDo: repair ? "everything" : "nothing" });
    } finally {
      await lock?.release();
    }
  },
);
