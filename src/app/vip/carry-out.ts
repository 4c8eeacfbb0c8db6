import type { Config, VipSection } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import * as commands from "../../domain/vip/commands.ts";
import type { OrderOutcome, VipOrder } from "../../domain/vip/decide.ts";
import type { VipPorts } from "../ports.ts";
import { connectWithRights, within } from "./connect.ts";

/** An order takes a round trip and a few milliseconds; one that takes longer is looked at again by the next tick. */
const orderTimeoutMs = 3000;
/** One order at a time on a node. Versions that did not write down what they gave took another one, by which they are known. */
const lock = "address";
/** The deadline of a lease is computed from a sample of the node's clock that is at most so old. */
const clockAgeMs = 10_000;

/** What came of an order; `why` it was refused, where that is known. */
export interface CarriedOut {
  readonly outcome: OrderOutcome;
  readonly why?: string;
}

/** Carries out one order behind the node's guard. Rejects only when interrupted. */
export async function carryOutOrders(
  ports: VipPorts,
  { config, section }: { readonly config: Config; readonly section: Pick<VipSection, "ip" | "candidates"> },
  order: VipOrder,
): Promise<CarriedOut> {
  try {
    const until = ports.clock.monotonic() + orderTimeoutMs;
    const text = await ports.scripts.read("vip.sh");
    // A line that is cut before anything was sent would hold up the whole tick, and with it every other renewal.
    const connected = await within(ports, connectWithRights(ports, config, order.node), orderTimeoutMs);
    if (!connected) {
      ports.vipNodes.discard(order.node);
      return { outcome: "refused", why: "it could not be reached in time" };
    }
    const { connection, root, sudo } = connected;
    const outcome = await connection.run(command(text, { cluster: config.cluster, ...section }, order), {
      timeoutMs: until - ports.clock.monotonic(),
      sudo: !root && sudo,
      signal: ports.signal,
      guard: { lock, clockAgeMs, until: order.do === "grant" ? (order.endsAt ?? until) : until },
    });
    if (outcome.status === "ok") return { outcome: "done" };
    if (outcome.status === "failed" && commands.isRefusal(outcome.code)) {
      return { outcome: "refused", why: commands.whyRefused(outcome.code, deviceOf(section, order.node)) };
    }
    ports.vipNodes.discard(order.node);
    return { outcome: "unknown" };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    // `run` rejects only when the command certainly was not begun.
    if (error instanceof PictlError) return { outcome: "refused", why: commands.asReason(error.message) };
    throw error;
  }
}

function command(
  text: string,
  section: Pick<VipSection, "ip" | "candidates"> & Pick<Config, "cluster">,
  order: VipOrder,
): ReturnType<typeof commands.grant> {
  const { cluster, ip } = section;
  const where = { cluster, ip, device: deviceOf(section, order.node) };
  if (order.do === "remove") return commands.remove(text, where);
  return commands.grant(text, { ...where, lease: order.leaseMs !== null, announce: order.announce });
}

function deviceOf({ candidates }: Pick<VipSection, "candidates">, name: string): string {
  return candidates.find(({ node }) => node === name)?.device ?? "";
}
