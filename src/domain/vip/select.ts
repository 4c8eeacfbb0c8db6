import type { Config, VipSection } from "../config/types.ts";
import { PictlError } from "../errors.ts";
import { canonical } from "../ip-address.ts";

/** Every virtual IP of the config, or the one that is named. Throws usage when there is none to choose. */
export function selectVips({ vips }: Config, name: string | undefined): readonly VipSection[] {
  if (vips.length === 0) {
    throw new PictlError("usage", "The config has no virtual IP.", {
      hint: "Give `vip_ip` an address, and `vip` a row for each node that may have it.",
    });
  }
  const chosen = name === undefined ? vips : vips.filter((vip) => vip.name === name || vip.ip === canonical(name));
  if (chosen.length > 0) return chosen;
  throw new PictlError("usage", `The config has no virtual IP ${name ?? ""}.`, { hint: `There is ${names(vips)}.` });
}

/** The one that is named, or the only one there is. */
export function selectVip(config: Config, name: string | undefined): VipSection {
  const chosen = selectVips(config, name);
  const [first, ...others] = chosen;
  if (first && others.length === 0) return first;
  throw new PictlError("usage", "The config has more than one virtual IP: say which one.", {
    hint: `There is ${names(chosen)}.`,
  });
}

function names(vips: readonly VipSection[]): string {
  return vips.map(({ name, ip }) => (name === ip ? ip : `${name} (${ip})`)).join(", ");
}
