import { type FSWatcher, watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { onAbort } from "../../abort.ts";

/** Looked at so often anyway: network file systems tell nothing, and the number of watches has a limit. */
const pollMs = 1000;

export interface Changes {
  /** Resolves when something may have changed since the last time, or when the signal is aborted. */
  next(): Promise<void>;
  close(): void;
}

/** Changes in a folder from now on; it is made if it is not there yet. */
export async function watchFolder(folder: string, signal: AbortSignal): Promise<Changes> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  let changed = false;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    changed = true;
    wake?.();
  };
  const timer = setInterval(notify, pollMs);
  const watcher = openWatcher(folder, notify);
  const off = onAbort(signal, notify);
  return {
    async next() {
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
      changed = false;
    },
    close() {
      clearInterval(timer);
      watcher?.close();
      off();
    },
  };
}

function openWatcher(folder: string, notify: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, notify);
    watcher.on("error", () => {
      watcher.close();
    });
    return watcher;
  } catch {
    return undefined;
  }
}
