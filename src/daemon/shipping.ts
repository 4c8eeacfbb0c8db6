import { measure, measureEveryMs } from "../app/elastic/measure.ts";
import { openShippingLoop } from "../app/elastic/shipping.ts";
import type { ShipInput } from "../app/elastic/ship.ts";
import type { Ports } from "../app/ports.ts";
import type { Config, ElasticSection } from "../domain/config/types.ts";

/** Events of so long go out together. */
const everyMs = 5000;

/** Ships the event log to Elasticsearch, beside the rounds, until `leave` is aborted. Never rejects. */
export async function keepShipping(
  ports: Pick<Ports, "events" | "clock" | "actor" | "progress">,
  open: (section: ElasticSection) => ShipInput,
  { leave, config }: { readonly leave: AbortSignal; readonly config: () => Config },
): Promise<void> {
  const shipping = openShippingLoop(ports, open);
  while (!leave.aborted) {
    const current = config();
    if (current.elasticsearch) await shipping.turn(current, current.elasticsearch, leave);
    await ports.clock.sleep(everyMs, leave).catch(() => undefined);
  }
}

/**
 * Measures nodes and containers each minute for Elasticsearch, beside the rounds, while this daemon leads. Never rejects:
 * that Elasticsearch is away is told by who ships events.
 */
export async function keepMeasuring(
  ports: Ports,
  { open, leads }: { readonly open: (section: ElasticSection) => ShipInput; readonly leads: () => boolean },
  { leave, config }: { readonly leave: AbortSignal; readonly config: () => Config },
): Promise<void> {
  let using: { readonly key: string; readonly input: ShipInput } | undefined;
  while (!leave.aborted) {
    const untilNext = measureEveryMs - (ports.clock.now() % measureEveryMs);
    const slept = await ports.clock.sleep(untilNext, leave).then(
      () => true,
      () => false,
    );
    if (!slept) return;
    const { elasticsearch: section } = config();
    if (!section || !leads()) continue;
    const key = JSON.stringify(section);
    if (using?.key !== key) using = { key, input: open(section) };
    const { elastic, version } = using.input;
    await measure({ ...ports, signal: leave }, { config: config(), section, elastic, version }).catch(() => {
      using = undefined;
    });
  }
}
