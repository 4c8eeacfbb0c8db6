import type { Config, VipSection } from "../config/types.ts";
import { PictlError } from "../errors.ts";

/** Every virtual IP of the config, or the one that is named. Throws usage when there is none to choose. */
export function selectVips({ vip }: Config, name: string | undefined): readonly VipSection[] {
  if (!vip) {
    throw new PictlError("usage", "The config has no virtual IP.", {
      hint: "Give `vip_ip` an address, and `vip` a row for each node that may have it.",
    });
  }
  if (name === undefined || name === vip.ip) return [vip];
  throw new PictlError("usage", `The config has no virtual IP ${name}.`, { hint: `There is ${vip.ip}.` });
}

/** The one that is named, or the only one there is. */
export function selectVip(config: Config, name: string | undefined): VipSection {
  const [first, ...others] = selectVips(config, name);
  if (first && others.length === 0) return first;
  throw new PictlError("usage", "The config has more than one virtual IP: say which one.", {});
}
