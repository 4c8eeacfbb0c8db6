import type { Config } from "../../domain/config/types.ts";
import type { Leadership } from "../leadership/index.ts";
import type { Authority } from "../ports.ts";

/**
 * A lease is granted only by who certainly leads. A static address is kept also while too few nodes answer to know,
 * unless another daemon is seen to lead: that is what its mode is for.
 */
export function authorityOf(leadership: Leadership, config: () => Promise<Config>): Authority {
  const leads = (): boolean => leadership.role() === "leader";
  return {
    leads,
    current: ({ ip, mode }) => {
      const frozen = leadership.frozen().flatMap(({ vip, node }) => (vip === ip ? [node] : []));
      const standby = leadership.role() === "standby";
      return mode === "lease"
        ? { leader: leads(), standby, until: leadership.until(), frozen }
        : { leader: !standby, standby, until: Infinity, frozen };
    },
    async raise(mode) {
      if (await leadership.raise()) return true;
      // A raise before this one has to be confirmed by half of the nodes first.
      await leadership.round(await config());
      return (await leadership.raise()) || mode === "static";
    },
    // Who is not elected has nobody to remember it, and would ask in vain with each look.
    freeze: async (vip, node) => leads() && leadership.freeze(await config(), { vip, node }),
    thaw: (vip, node) => leadership.thaw({ vip, node }),
  };
}
