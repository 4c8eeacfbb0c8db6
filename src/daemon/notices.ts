import { openNotifier } from "../app/notices/index.ts";
import type { NoticePorts } from "../app/notices/deliver.ts";
import type { EventFeed, SavedNotices, StateFile } from "../app/ports.ts";
import { toFailure } from "../domain/errors.ts";
import type { Config } from "../domain/config/types.ts";

const turnMs = 500;
/** What is being sent may end by itself for so long when the daemon leaves; it is sent again by the next one. */
const partingMs = 2000;

/** Notices and the daemon's hooks, beside the rounds: one turn after the other until `leave` is aborted. Never rejects. */
export async function keepTelling(
  ports: NoticePorts,
  files: { readonly feed: EventFeed; readonly state: StateFile<SavedNotices> },
  { leave, config }: { readonly leave: AbortSignal; readonly config: () => Config },
): Promise<void> {
  const notifier = openNotifier(ports, files);
  while (!leave.aborted) {
    await notifier.turn(config()).catch((error: unknown) => {
      ports.progress.warn(`Notices wait: ${toFailure(error).message}`);
    });
    await ports.clock.sleep(turnMs, leave).catch(() => undefined);
  }
  const parting = new AbortController();
  await Promise.race([
    notifier.settled().catch(() => undefined),
    ports.clock.sleep(partingMs, parting.signal).catch(() => undefined),
  ]);
  parting.abort();
}
