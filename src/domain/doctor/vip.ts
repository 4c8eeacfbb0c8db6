import { type Check, ok, problem, skipped, warning } from "./check.ts";
import type { Device, Examination } from "./examination.ts";

/** `ip`, `arping` and, on a candidate of the virtual IP, the device that would carry it. Undefined: nobody could look. */
export function vipChecks(
  seen: Pick<Examination, "ip" | "arping" | "device"> | undefined,
  device: string | undefined,
): readonly Check[] {
  const candidate = device !== undefined;
  if (!seen) {
    return (["ip", "arping", ...(candidate ? (["vip-device"] as const) : [])] as const).map((check) =>
      skipped(check, "could not be looked at"),
    );
  }
  return [
    ipCheck(seen.ip, candidate),
    arpingCheck(seen.arping, candidate),
    ...(device === undefined ? [] : [deviceCheck(seen.device, device)]),
  ];
}

const notNeeded = "not there, nor needed: the node is no candidate of the virtual IP";

function ipCheck(ip: Examination["ip"], candidate: boolean): Check {
  if (ip) return ok("ip", ip.flavour === "other" ? ip.path : ip.flavour);
  if (!candidate) return ok("ip", notNeeded);
  return problem(
    "ip",
    "there is no ip program, and the virtual IP needs it",
    "Install it: `apt-get install iproute2`.",
  );
}

function arpingCheck(arping: Examination["arping"], candidate: boolean): Check {
  const remedy = "Install it: `apt-get install iputils-arping` (Alpine: `apk add iputils-arping`).";
  if (!arping) {
    if (!candidate) return ok("arping", notNeeded);
    return warning("arping", "not there: after a failover, clients may take minutes to notice", remedy);
  }
  if (candidate && arping.flavour === "habets") {
    return warning("arping", "it is the one by Thomas Habets, which announces addresses in another way", remedy);
  }
  return ok("arping", arping.flavour === "other" ? arping.path : arping.flavour);
}

function deviceCheck(device: Device | null, name: string): Check {
  if (!device) return skipped("vip-device", "there is no ip program to look with");
  if (!device.exists) {
    return problem(
      "vip-device",
      `there is no network device ${name}`,
      "Correct `vip_eth_device` in the config; `ip -br link` on the node lists what there is.",
    );
  }
  if (!device.up)
    return warning("vip-device", `${name} is down`, `Bring it up on the node: \`ip link set ${name} up\`.`);
  if (!device.carrier) return warning("vip-device", `${name} has no carrier`, "Look at its cable, or at the switch.");
  return ok("vip-device", `${name} is up`);
}
