import { PictlError } from "../../../domain/errors.ts";
import type { ProgressStep, VipPorts, VipReply } from "../../ports.ts";
import type { ByHandInput } from "./by-hand-input.ts";

/** How often the daemon's reply is looked for. */
const pollMs = 100;

/**
 * Leaves a request for the daemon, and waits until it has come true, was refused, or nobody waits any longer. A request
 * that the daemon has not taken by then is taken back.
 */
export async function byDaemon(
  ports: VipPorts,
  { section: { ip }, wish, waitMs, leave, requests, newId, daemonPid }: ByHandInput,
  { pid, step }: { readonly pid: number; readonly step: ProgressStep },
): Promise<Pick<VipReply, "before" | "answer">> {
  const id = newId();
  await requests.leave(ip, { id, wish, daemon: pid });
  const until = ports.clock.monotonic() + waitMs;
  for (;;) {
    const isOpen = (await requests.read(ip))?.id === id;
    const reply = await requests.readReply(ip);
    const mine = reply?.id === id ? reply : undefined;
    if (mine && mine.answer.state !== "waiting") return mine;
    if (mine) step.update(mine.answer.state === "waiting" ? mine.answer.why : "");
    const left = until - ports.clock.monotonic();
    if ((await daemonPid()) !== pid) {
      if (isOpen) await requests.withdraw(ip);
      throw gone(pid, isOpen);
    }
    if (left <= 0 || leave.aborted) {
      if (!isOpen && mine) return mine;
      await requests.withdraw(ip);
      throw leave.aborted
        ? new PictlError("interrupted", "Interrupted before the daemon had begun; nothing was done.")
        : deaf(pid, waitMs);
    }
    if (!isOpen && !mine) {
      throw new PictlError("lock-held", `Another \`pictl vip\` asked for something else of ${ip} at the same time.`, {
        hint: "`pictl vip show` tells what came of it.",
      });
    }
    await ports.clock.sleep(Math.min(left, pollMs), leave).catch(() => undefined);
  }
}

function gone(pid: number, wasOpen: boolean): PictlError {
  const what = wasOpen ? "before it had begun; nothing was done" : "in the middle of it";
  return new PictlError("connection-lost", `The daemon (process ${String(pid)}) ended ${what}.`, {
    hint: "`pictl vip show` tells who has the address; run the command again.",
  });
}

function deaf(pid: number, waitMs: number): PictlError {
  const message = `The daemon (process ${String(pid)}) did not take it up within ${String(waitMs / 1000)} s; nothing was done.`;
  return new PictlError("timeout", message, {
    hint: "`pictl daemon status` tells whether it is stuck, or watches another config.",
  });
}
