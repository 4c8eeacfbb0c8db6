import type { RawHooks } from "./raw.ts";
import type { Hooks } from "./types.ts";

export function buildHooks(raw: RawHooks | null | undefined): Hooks {
  return {
    ...(raw?.on_move === undefined ? {} : { onMove: raw.on_move }),
    ...(raw?.on_failover === undefined ? {} : { onFailover: raw.on_failover }),
    ...(raw?.on_vip_change === undefined ? {} : { onVipChange: raw.on_vip_change }),
    ...(raw?.on_switch === undefined ? {} : { onSwitch: raw.on_switch }),
    ...(raw?.on_heartbeat_failure === undefined ? {} : { onHeartbeatFailure: raw.on_heartbeat_failure }),
  };
}
