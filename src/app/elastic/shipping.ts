import type { Config, ElasticSection } from "../../domain/config/types.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { record } from "../kit/record.ts";
import type { Ports } from "../ports.ts";
import { ship, type ShipInput } from "./ship.ts";

export interface ShippingLoop {
  /** Ships what there is, unless a failed try was a moment ago. Rejects with bugs alone. */
  turn(config: Config, section: ElasticSection, signal: AbortSignal): Promise<void>;
}

const firstRetryMs = 5000;
const lastRetryMs = 5 * 60_000;

/** What a daemon does again and again: one event when it cannot ship any more, and one when it can. */
export function openShippingLoop(
  ports: Pick<Ports, "events" | "clock" | "actor">,
  open: (section: ElasticSection) => ShipInput,
): ShippingLoop {
  let failures = 0;
  let answered = false;
  let nextTryAt = 0;
  let using: { readonly section: string; readonly input: ShipInput } | undefined;
  const inputOf = async (section: ElasticSection): Promise<ShipInput> => {
    const key = JSON.stringify(section);
    if (using?.section !== key) {
      await using?.input.elastic.close();
      using = { section: key, input: open(section) };
    }
    return using.input;
  };
  return {
    async turn(config, section, signal) {
      const input = await inputOf(section);
      if (ports.clock.monotonic() < nextTryAt) return;
      try {
        const { refused, gap } = await ship({ config, section, waitMs: 0, answered }, input, signal);
        answered = true;
        if (failures > 0) await record(ports, { type: "elasticsearch.recovered" });
        failures = 0;
        if (gap) {
          const error = "Events were rotated away before Elasticsearch had them; `pictl log` has what is left.";
          await record(ports, { type: "elasticsearch.lost", error });
        }
        const [first] = refused;
        if (first !== undefined) {
          const error = `Elasticsearch does not take ${String(refused.length)} event${refused.length === 1 ? "" : "s"}, of which the first: ${first}`;
          await record(ports, { type: "elasticsearch.refused", error });
        }
      } catch (error) {
        // `log --ship` is at it.
        answered = false;
        if (signal.aborted || (error instanceof PictlError && error.code === "lock-held")) return;
        // The next try goes by the config as it is then: a password that was put right looks the same from here.
        await input.elastic.close();
        using = undefined;
        failures += 1;
        nextTryAt = ports.clock.monotonic() + Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs);
        if (failures > 1) return;
        const { message } = toFailure(error);
        const kept = "Events wait in the event log and are sent when it answers again.";
        await record(ports, { type: "elasticsearch.failed", error: `${message} ${kept}` });
      }
    },
  };
}
