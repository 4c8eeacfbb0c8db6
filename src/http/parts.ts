import { onAbort } from "../abort.ts";

/** One thing that runs as long as the server does. */
export interface Part {
  /** Resolves when it works, to what stops it; that never rejects. */
  start(): Promise<() => Promise<void>>;
}

/**
 * Starts the parts in order and stops them in reverse, when `leave` aborts or one of them cannot be started: then it
 * rejects with the reason.
 */
export async function runParts(parts: readonly Part[], leave: AbortSignal): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  try {
    for (const part of parts) {
      if (leave.aborted) return;
      stops.push(await part.start());
    }
    await new Promise<void>((resolve) => onAbort(leave, resolve));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
