import type { Config, VipSection } from "../../../domain/config/types.ts";
import type { VipWish } from "../../../domain/vip/memory.ts";
import type { Leadership } from "../../leadership/index.ts";
import type { SavedVip, StateFile, VipRequests } from "../../ports.ts";

export interface ByHandInput {
  readonly config: Config;
  readonly section: VipSection;
  readonly wish: VipWish;
  /** How long to wait until it has come true. */
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** Aborted by Ctrl-C: what is in hand is brought to a safe end first. */
  readonly leave: AbortSignal;
  /** The daemon that runs on this machine. */
  readonly daemonPid: () => Promise<number | undefined>;
  readonly requests: VipRequests;
  readonly newId: () => string;
  readonly state: (ip: string) => StateFile<SavedVip>;
  /** Nobody else on this machine watches the cluster meanwhile. Rejects with lock-held. */
  readonly lock: () => Promise<{ release(): Promise<void> }>;
  /** In whose name everything is sent from then on. */
  readonly lead: () => Promise<Leadership>;
}
