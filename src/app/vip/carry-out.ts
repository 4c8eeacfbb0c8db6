import type { Config, VipSection } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import * as commands from "../../domain/vip/commands.ts";
import type { OrderOutcome, VipOrder } from "../../domain/vip/decide.ts";
import type { VipPorts } from "../ports.ts";
import { connectWithRights, within } from "./connect.ts";

/** An order takes a round trip and a few milliseconds; one that takes longer is looked at again by the next tick. */
const orderTimeoutMs = 3000;
/** The deadline of a lease is computed from a sample of the node's clock that is at most so old. */
const clockAgeMs = 10_000;

/** What came of an order; `why` it was refused, where that is known. */
export interface CarriedOut {
  readonly outcome: OrderOutcome;
  readonly why?: string;
}

/** Carries out one order behind the node's guard. Rejects only when interrupted. */
export async function carryOut(
  ports: VipPorts,
  { config, section }: { readonly config: Config; readonly section: VipSection },
  order: VipOrder,
): Promise<CarriedOut> {
  try {
    const until = ports.clock.monotonic() + orderTimeoutMs;
    const text = await ports.scripts.read("vip.sh");
    // A line that is cut before anything was sent would hold up the whole tick, and with it every other renewal.
    const connected = await within(ports, connectWithRights(ports, config, order.node), orderTimeoutMs);
    if (!connected) {
      ports.vipNodes.discard(order.node);
      return { outcome: "refused" };
    }
    const { connection, root, sudo } = connected;
    const outcome = await connection.run(command(text, section, order), {
      timeoutMs: until - ports.clock.monotonic(),
      sudo: !root && sudo,
      signal: ports.signal,
      guard: { lock: "vip", clockAgeMs, until: order.do === "grant" ? (order.endsAt ?? until) : until },
    });
    if (outcome.status === "ok") return { outcome: "done" };
    if (outcome.status === "failed") {
      return { outcome: "refused", why: commands.whyRefused(outcome.code, deviceOf(section, order.node)) };
    }
    ports.vipNodes.discard(order.node);
    return { outcome: "unknown" };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    // `run` rejects only when the command certainly was not begun.
    if (error instanceof PictlError) return { outcome: "refused" };
    throw error;
  }
}

function command(text: string, section: VipSection, order: VipOrder): ReturnType<typeof commands.grant> {
  if (order.do === "remove") return commands.remove(text, section.ip);
  const { leaseMs, announce } = order;
  const device = deviceOf(section, order.node);
  return commands.grant(text, { ip: section.ip, device, lease: leaseMs !== null, announce });
}

function deviceOf({ candidates }: VipSection, name: string): string {
  return candidates.find(({ node }) => node === name)?.device ?? "";
}
