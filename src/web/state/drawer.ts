import { signal } from "@preact/signals";

/** Whether the jobs are shown beside the page. */
export const drawerOpen = signal(false);
