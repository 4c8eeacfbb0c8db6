import type { Clock } from "../app/ports.ts";
import type { Vip } from "../app/vip/index.ts";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";

/** Where somebody wants the address by hand, left for the daemon by `pictl vip move` and `release`. */
export type VipOrderByHand = { readonly ip: string } & ({ readonly to: string } | { readonly release: true });

/** Orders by hand are looked for so often. */
const orderPollMs = 250;

/**
 * The loop of one virtual IP: a tick, then a wait that ends early when somebody orders something by hand. When `leave`
 * is aborted the tick in hand ends, and a lease is made to last. Rejects with state-write-failed and what is a bug.
 */
export async function holdVip(options: {
  readonly ip: string;
  readonly vip: Vip;
  readonly clock: Clock;
  readonly leave: AbortSignal;
  readonly config: () => Promise<Config>;
  readonly orders: { take(ip: string): Promise<VipOrderByHand | undefined> };
  readonly onTick: (nextMs: number) => void;
}): Promise<void> {
  const { ip, vip, clock, leave } = options;
  const sectionOf = (config: Config) => (config.vip?.ip === ip ? config.vip : undefined);
  try {
    while (!leave.aborted) {
      const config = await options.config();
      const section = sectionOf(config);
      if (!section) return;
      const { nextMs } = await vip.tick({ config, section });
      options.onTick(nextMs);
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
        await vip.wish("to" in order ? { to: order.to } : "release");
        return;
      }
      const left = until - clock.monotonic();
      if (left <= 0 || leave.aborted) return;
      await clock.sleep(Math.min(left, orderPollMs), leave).catch(() => undefined);
    }
  }
}
