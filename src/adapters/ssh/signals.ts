/** A signal that aborts with the first of several, and can be let go of: long-lived sources keep no trace of it. */
export function firstOf(signals: readonly (AbortSignal | undefined)[]): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const sources = signals.filter((source) => source !== undefined);
  const dispose = (): void => {
    for (const source of sources) source.removeEventListener("abort", stop);
  };
  const stop = (): void => {
    dispose();
    controller.abort(sources.find((source) => source.aborted)?.reason);
  };
  for (const source of sources) source.addEventListener("abort", stop, { once: true });
  if (sources.some((source) => source.aborted)) stop();
  return { signal: controller.signal, dispose };
}
