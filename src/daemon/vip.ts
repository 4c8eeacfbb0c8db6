import type { Leadership } from "../app/leadership.ts";
import type { Authority, Clock, SavedVip, StateFile, VipOrders, VipPorts } from "../app/ports.ts";
import { openVip, type Vip } from "../app/vip/index.ts";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";

/** Orders by hand are looked for so often. */
const orderPollMs = 250;

export interface VipKeeping {
  readonly leadership: Leadership;
  readonly state: (ip: string) => StateFile<SavedVip>;
  readonly orders: VipOrders;
  readonly leave: AbortSignal;
  readonly config: () => Promise<Config>;
  /** A loop has failed: the daemon cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps every virtual IP of the config, each in a loop of its own. */
export interface VipKeeper {
  /** Begins with those of the config that are not kept yet. */
  keep(config: Config): void;
  /** Resolves when all loops have ended after `leave`. */
  readonly ended: () => Promise<void>;
}

export function keepVips(ports: VipPorts, keeping: VipKeeping): VipKeeper {
  const { leadership, state, orders, leave, config } = keeping;
  const loops = new Map<string, Promise<void>>();
  return {
    keep({ vip: section }) {
      if (!section || loops.has(section.ip) || leave.aborted) return;
      const { ip } = section;
      const vip = openVip(ports, { state: state(ip), authority: authorityOf(leadership, config) });
      const loop = holdVip({ ip, vip, clock: ports.clock, leave, config, orders })
        .catch(keeping.onFailure)
        .finally(() => loops.delete(ip));
      loops.set(ip, loop);
    },
    async ended() {
      await Promise.all(loops.values());
    },
  };
}

/**
 * A lease is granted only by a daemon that certainly leads. A static address is kept also while too few nodes answer
 * to know, unless another daemon is seen to lead: that is what its mode is for.
 */
function authorityOf(leadership: Leadership, config: () => Promise<Config>): Authority {
  return {
    current: (mode) =>
      mode === "lease"
        ? { leader: leadership.role() === "leader", until: leadership.until() }
        : { leader: leadership.role() !== "standby", until: Infinity },
    async raise(mode) {
      if (await leadership.raise()) return true;
      // A raise before this one has to be confirmed by half of the nodes first.
      await leadership.round(await config());
      return (await leadership.raise()) || mode === "static";
    },
  };
}

/**
 * The loop of one virtual IP: a tick, then a wait that ends early when somebody orders something by hand. When `leave`
 * is aborted the tick in hand ends, and a lease is made to last. Rejects with state-write-failed and what is a bug.
 */
async function holdVip(options: {
  readonly ip: string;
  readonly vip: Vip;
  readonly clock: Clock;
  readonly leave: AbortSignal;
  readonly config: () => Promise<Config>;
  readonly orders: VipOrders;
}): Promise<void> {
  const { ip, vip, clock, leave } = options;
  const sectionOf = (config: Config) => (config.vip?.ip === ip ? config.vip : undefined);
  try {
    while (!leave.aborted) {
      const config = await options.config();
      const section = sectionOf(config);
      if (!section) return;
      const { nextMs } = await vip.tick({ config, section });
      await pause(nextMs);
    }
    const config = await options.config();
    const section = sectionOf(config);
    if (section) await vip.freeze({ config, section });
  } catch (error) {
    if (!(error instanceof PictlError && error.code === "interrupted")) throw error;
  }

  async function pause(ms: number): Promise<void> {
    const until = clock.monotonic() + ms;
    for (;;) {
      const order = await options.orders.take(ip);
      if (order) {
        await vip.wish(order);
        return;
      }
      const left = until - clock.monotonic();
      if (left <= 0 || leave.aborted) return;
      await clock.sleep(Math.min(left, orderPollMs), leave).catch(() => undefined);
    }
  }
}
