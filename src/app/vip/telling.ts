import type { VipEvent } from "../../domain/vip/decide.ts";
import { runHooks } from "../kit/hooks.ts";
import { record } from "../kit/record.ts";
import type { VipPorts } from "../ports.ts";
import type { Watched } from "./observe/observe.ts";

/** How what happens to an address is told. */
export interface VipTelling {
  /** Writes events down, and begins the hooks of those that have one. */
  tell(watched: Watched, events: readonly VipEvent[]): Promise<void>;
  /** The hooks that were begun have ended. Never rejects. */
  settled(): Promise<void>;
}

export function openVipTelling(ports: VipPorts): VipTelling {
  const hooks = new Set<Promise<void>>();
  return {
    async tell({ config, section }, events) {
      for (const event of events) {
        const told = await record(ports, { ...event, vip: section.ip });
        if (event.type === "vip.moved" || event.type === "vip.released") {
          const hook = runHooks(ports, { config, hook: "onVipChange", event: told }).finally(() => hooks.delete(hook));
          hooks.add(hook);
        }
      }
    },
    async settled() {
      await Promise.all(hooks);
    },
  };
}
