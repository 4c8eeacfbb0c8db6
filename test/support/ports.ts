/** Every port with the real thing behind it, for lab tests of use cases. */
import type { Ports, ProgressStep } from "../../src/app/ports.ts";
import { openContext } from "../../src/context.ts";
import type { Config } from "../../src/domain/config/types.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import type { TestLab } from "./lab.ts";

export interface RealPorts {
  readonly config: Config;
  readonly ports: Ports;
  /** What was written to the event log. */
  readonly events: PictlEvent[];
  /** What steps showed while they went on, as `WHERE: TEXT`. */
  readonly shown: string[];
  readonly close: () => Promise<void>;
}

/** Connects to nothing by itself; the lab must be up. */
export async function realPorts(lab: TestLab, signal = new AbortController().signal): Promise<RealPorts> {
  const events: PictlEvent[] = [];
  const shown: string[] = [];
  const noting = (where: string): ProgressStep => ({
    update: (text) => void shown.push(`${where}: ${text}`),
    done: () => undefined,
    fail: () => undefined,
  });
  const context = await openContext({
    configPath: lab.status().config,
    concurrency: 32,
    signal,
    progress: { step: noting, look: noting, warn: () => undefined },
    cause: "test",
  });
  const { config, ports } = context;
  const append = (event: PictlEvent): Promise<void> => {
    events.push(event);
    return ports.events.append(event);
  };
  const read: Ports["events"]["read"] = (options) => ports.events.read(options);
  return {
    config,
    ports: { ...ports, events: { cluster: config.cluster, append, read } },
    events,
    shown,
    close: () => context.close(),
  };
}
