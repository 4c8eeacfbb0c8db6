import type { ConfigStore } from "../app/ports.ts";
import { refuseAnotherCluster } from "../domain/config/another-cluster.ts";
import type { Config } from "../domain/config/types.ts";
import { toFailure } from "../domain/errors.ts";

/** The config as the daemon goes by it: the last one that was right. */
export interface ConfigWatch {
  /** Reads the file anew; a broken one is told once, and the last good one stays. Never rejects. */
  refresh(): Promise<Config>;
  /** What is wrong with the file as it was last read; undefined when it is right. */
  broken(): string | undefined;
  /** The same file, whose changes by this process are no news; one of another cluster is neither read nor changed. */
  readonly store: ConfigStore;
}

/**
 * A file that is another cluster's now, or keeps its state elsewhere, is refused as a broken one is. `tell` gets what changed: a config that is used from now on, or why
 * the new one is not.
 */
export function watchConfig(
  store: ConfigStore,
  first: Config,
  tell: (change: { readonly type: "config.reloaded" | "config.refused"; readonly error?: string }) => Promise<void>,
): ConfigWatch {
  let current = first;
  let text = JSON.stringify(first);
  let refused = "";
  let own = false;
  const read: ConfigStore["read"] = async () => {
    const loaded = await store.read();
    refuseAnotherCluster(first, loaded.config);
    return loaded;
  };
  const refresh = async (): Promise<Config> => {
    try {
      const { config } = await read();
      const now = JSON.stringify(config);
      // One that was put right again is told too, or it would seem refused for ever.
      if ((now !== text && !own) || refused !== "") await tell({ type: "config.reloaded" });
      [current, text] = [config, now];
      [refused, own] = ["", false];
    } catch (error) {
      const { message } = toFailure(error);
      if (message !== refused) await tell({ type: "config.refused", error: message });
      refused = message;
    }
    return current;
  };
  return {
    store: {
      ...store,
      read,
      async change(edits) {
        await store.change((config, raw) => {
          refuseAnotherCluster(first, config);
          return edits(config, raw);
        });
        own = true;
        // At once: if somebody breaks the file before the next round, the last good one has this change.
        await refresh();
      },
    },
    refresh,
    broken: () => (refused === "" ? undefined : refused),
  };
}
