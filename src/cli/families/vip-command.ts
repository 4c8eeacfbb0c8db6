import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { Flags } from "@oclif/core";
import { daemonPid } from "../../app/daemon/status.ts";
import { type Leadership, openLeadership } from "../../app/leadership/index.ts";
import { changeVip } from "../../app/vip/by-hand/by-hand.ts";
import type { Fence } from "../../domain/guard/command.ts";
import type { VipWish } from "../../domain/vip/memory.ts";
import { selectVip } from "../../domain/vip/select.ts";
import { vipChangesView } from "../../view/service/vip.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";
import * as common from "../flags/common.ts";

export const vipFlags = {
  wait: Flags.integer({
    summary: "Seconds to wait until it is done.",
    helpValue: "SECONDS",
    default: 60,
    min: 1,
    max: 86_400,
  }),
  "dry-run": common.dryRunFlag,
};

/** What `vip move` and `vip release` have in common. */
export abstract class VipCommand extends PictlCommand {
  protected async change(
    flags: GlobalFlags & { readonly wait: number; readonly "dry-run": boolean },
    { vip, wish, confirm }: { vip: string | undefined; wish: VipWish; confirm?: (ip: string) => Promise<boolean> },
  ): Promise<void> {
    let leadership: Leadership | undefined;
    const fence = (): Fence | undefined => leadership?.fence();
    const dryRun = flags["dry-run"];
    // Ctrl-C must not leave a lease that nobody renews: what is in hand is brought to its end.
    const signal = dryRun ? this.signal : new AbortController().signal;
    // Everything done on every node listens to it, and lets go when it has ended.
    setMaxListeners(0, signal);
    const { config, ports, daemon } = await this.open(flags, { fence, signal });
    const section = selectVip(config, vip);
    if (confirm && !dryRun && !(await confirm(section.ip))) {
      process.exitCode = 4;
      return;
    }
    const report = await changeVip(ports, {
      config,
      section,
      wish,
      dryRun,
      waitMs: flags.wait * 1000,
      leave: this.signal,
      daemonPid: daemonPid(daemon),
      requests: daemon.vipRequests,
      newId: randomUUID,
      state: daemon.vip,
      lock: daemon.lock,
      lead: async () => (leadership = await openLeadership(ports, daemon.leadership)),
    });
    await this.finish(report, vipChangesView);
  }
}
