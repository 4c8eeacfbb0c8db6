import { onAbort } from "../../abort.ts";

/** A signal that aborts with the first of several, and can be let go of: long-lived sources keep no trace of it. */
export function firstOf(signals: readonly (AbortSignal | undefined)[]): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const sources = signals.filter((source) => source !== undefined);
  const offs = sources.map((source) =>
    onAbort(source, () => {
      controller.abort(source.reason);
    }),
  );
  const dispose = (): void => {
    for (const off of offs) off();
  };
  onAbort(controller.signal, dispose);
  return { signal: controller.signal, dispose };
}
