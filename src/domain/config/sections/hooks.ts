import type { RawHooks } from "../raw.ts";
import type { HooksSpec } from "../types.ts";

export function buildHooks(raw: RawHooks | null | undefined): HooksSpec {
  return {
    ...(raw?.on_move === undefined ? {} : { onMove: raw.on_move }),
    ...(raw?.on_failover === undefined ? {} : { onFailover: raw.on_failover }),
    ...(raw?.on_vip_change === undefined ? {} : { onVipChange: raw.on_vip_change }),
    ...(raw?.on_switch === undefined ? {} : { onSwitch: raw.on_switch }),
    ...(raw?.on_node_change === undefined ? {} : { onNodeChange: raw.on_node_change }),
    ...(raw?.on_failure === undefined ? {} : { onFailure: raw.on_failure }),
    ...(raw?.on_leader_change === undefined ? {} : { onLeaderChange: raw.on_leader_change }),
    ...(raw?.on_heartbeat_failure === undefined ? {} : { onHeartbeatFailure: raw.on_heartbeat_failure }),
  };
}
