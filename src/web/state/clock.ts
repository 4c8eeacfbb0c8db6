import { signal } from "@preact/signals";

/** The server's time, so that ages are right on a machine whose clock is not; it moves every second. */
export const now = signal(Date.now());

let aheadMs = 0;

/** The server has said what time it is there. */
export function heardTime(serverMs: number): void {
  aheadMs = serverMs - Date.now();
  now.value = serverMs;
}

setInterval(() => {
  if (!document.hidden) now.value = Date.now() + aheadMs;
}, 1000);
