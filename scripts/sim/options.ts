import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Seeds } from "./many.ts";

/** What the simulations are told on their command line. */
export function simOptions(): Seeds & { readonly trace: boolean } {
  const { values } = parseArgs({
    options: {
      schedules: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      jobs: { type: "string", default: String(availableParallelism()) },
      trace: { type: "boolean", default: false },
      "stop-at-first": { type: "boolean", default: false },
    },
  });
  return {
    first: Number(values.seed),
    schedules: Number(values.schedules),
    jobs: Number(values.jobs),
    stopAtFirst: values["stop-at-first"],
    trace: values.trace,
  };
}
