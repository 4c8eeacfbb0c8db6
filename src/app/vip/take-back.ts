import type { Config, NodeSpec } from "../../domain/config/types.ts";
import { type StrayAddress, straysOf } from "../../domain/vip/strays.ts";
import type { Authority, VipPorts } from "../ports.ts";
import { record } from "../kit/record.ts";
import { carryOutOrders } from "./carry-out.ts";
import type { Survey } from "./observe/survey.ts";

/** Takes from nodes what pictl has given them and the config no longer knows. */
export interface TakingBack {
  /**
   * Looks at every node, and takes back what is there, if this controller leads. Resolves to what is still there.
   * `gone`: nodes that have left the config. Rejects only when interrupted, and with state-write-failed.
   */
  round(config: Config, gone?: readonly NodeSpec[]): Promise<readonly StrayAddress[]>;
}

export function openTakingBack(
  ports: VipPorts,
  { survey, authority }: { readonly survey: Survey; readonly authority: Authority },
): TakingBack {
  /** Why a node did not obey, as it was told last. */
  const told = new Map<string, string>();
  let led = false;
  const takeBack = async (config: Config, { ip, node }: StrayAddress): Promise<boolean> => {
    const order = { do: "remove", node, fence: true, seen: true } as const;
    const { outcome, why = "nobody knows whether it was done" } = await carryOutOrders(
      ports,
      { config, section: { ip, candidates: [] } },
      order,
    );
    if (outcome === "done") {
      await authority.thaw(ip, node);
      await record(ports, { type: "vip.taken-back", node, vip: ip });
    } else if (told.get(`${node} ${ip}`) !== why) {
      await record(ports, { type: "vip.remove-failed", node, vip: ip, error: why });
    }
    if (outcome === "done") told.delete(`${node} ${ip}`);
    else told.set(`${node} ${ip}`, why);
    return outcome === "done";
  };
  return {
    async round(config, gone = []) {
      const asked = { ...config, nodes: [...config.nodes, ...gone] };
      // What another leader has given since, no node has told us.
      const begins = authority.leads() && !led;
      const strays = straysOf(config, await survey.look(asked, { believing: !begins }));
      led = authority.leads();
      if (strays.length === 0 || !led || !(await authority.raise("lease"))) return strays;
      const taken = await Promise.all(strays.map((stray) => takeBack(asked, stray)));
      return strays.filter((_, index) => !taken[index]);
    },
  };
}
