import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { daemonPid } from "../../app/daemon/status.ts";
import type { Report } from "../../app/kit/report.ts";
import { type Leadership, openLeadership } from "../../app/leadership/index.ts";
import { changeVip, type VipChangeRow } from "../../app/vip/by-hand/by-hand.ts";
import type { VipSection } from "../../domain/config/types.ts";
import type { VipWish } from "../../domain/vip/memory.ts";
import { dryRun } from "../common.ts";
import type { OperationContext } from "../context.ts";
import * as field from "../fields.ts";

/** The fields that moving and releasing have in common. */
export const changeFields = {
  vip: field.words("The virtual IP, by its address or its name.", { names: "vip" }),
  wait: field.secondsOr(60, "How long to wait until it is done.", { min: 1, max: 86_400 }),
  dryRun,
};

/** By the daemon of this machine; where none runs, by this run, if no other daemon leads. */
export async function changeVipAs(
  context: OperationContext,
  input: {
    readonly section: VipSection;
    readonly wish: VipWish;
    readonly wait: number;
    readonly dryRun: boolean;
  },
): Promise<Report<{ vips: readonly VipChangeRow[] }>> {
  const { config, ports: shared } = context;
  let leadership: Leadership | undefined;
  const own = await context.fenced(() => leadership?.fence());
  try {
    // An abort must not leave a lease that nobody renews: what is in hand is brought to its end.
    const signal = input.dryRun ? shared.signal : new AbortController().signal;
    setMaxListeners(0, signal);
    const { progress, actor, events } = shared;
    const ports = { ...own.ports, signal, progress, actor, events };
    return await changeVip(ports, {
      config,
      section: input.section,
      wish: input.wish,
      dryRun: input.dryRun,
      waitMs: input.wait * 1000,
      leave: shared.signal,
      daemonPid: daemonPid(own.daemon),
      requests: own.daemon.vipRequests,
      newId: randomUUID,
      state: own.daemon.vip,
      lock: own.daemon.lock,
      lead: async () => (leadership = await openLeadership(ports, own.daemon.leadership)),
    });
  } finally {
    await own.close();
  }
}
