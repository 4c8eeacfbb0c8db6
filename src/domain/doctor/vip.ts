import { type Check, ok, problem, skipped, warning } from "./check.ts";
import type { Device, Examination } from "./examination.ts";

/** A virtual IP that the node may have, and the device it would be on. */
export interface Candidacy {
  readonly ip: string;
  readonly device: string;
}

/**
 * `ip`, `arping` and, on a candidate of a virtual IP, `ping` and what would carry the address. `seen` is undefined when
 * nobody could look.
 */
export function vipChecks(
  seen: Pick<Examination, "ip" | "arping" | "ping" | "devices"> | undefined,
  candidacies: readonly Candidacy[],
): readonly Check[] {
  const candidate = candidacies.length > 0;
  if (!seen) {
    const unseen = candidate ? (["ip", "arping", ...candidateChecks] as const) : (["ip", "arping"] as const);
    return unseen.map((check) => skipped(check, "could not be looked at"));
  }
  const { devices } = seen;
  return [
    ipCheck(seen.ip, candidate),
    arpingCheck(seen.arping, candidate),
    ...(candidate ? [pingCheck(seen.ping)] : []),
    ...devicesOf(candidacies).map((name) => deviceCheck(devices, name)),
    ...candidacies.map((candidacy) => networkCheck(devices, candidacy)),
  ];
}

/** What only candidates are asked. */
export const candidateChecks = ["ping", "vip-device", "vip-network"] as const;

/** Each once: several addresses may be on one device. */
export function devicesOf(candidacies: readonly Candidacy[]): readonly string[] {
  return [...new Set(candidacies.map(({ device }) => device))];
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

function pingCheck(ping: boolean): Check {
  if (ping) return ok("ping", "there");
  return problem(
    "ping",
    "there is no ping program, and `slave` is pinged before the node gets the virtual IP",
    "Install it: `apt-get install iputils-ping`.",
  );
}

function deviceCheck(devices: readonly Device[] | null, name: string): Check {
  if (!devices) return skipped("vip-device", "there is no ip program to look with");
  const device = devices.find((each) => each.name === name);
  if (!device?.exists) {
    return problem(
      "vip-device",
      `there is no network device ${name}`,
      "Correct `vip_eth_device` in the config; `ip -br link` on the node lists what there is.",
    );
  }
  if (!device.up)
    return warning("vip-device", `${name} is down`, `Bring it up on the node: \`ip link set ${name} up\`.`);
  if (!device.carrier) return warning("vip-device", `${name} has no carrier`, "Look at its cable, or at the switch.");
  if (device.dropsForeign) {
    return warning(
      "vip-device",
      `systemd-networkd takes the virtual IP off ${name} whenever it sets it up anew, until the next tick`,
      `Put \`KeepConfiguration=yes\` into the [Network] section of the device's .network file.`,
    );
  }
  return ok("vip-device", `${name} is up`);
}

function networkCheck(devices: readonly Device[] | null, { ip, device: name }: Candidacy): Check {
  const device = devices?.find((each) => each.name === name);
  if (!device?.exists) return skipped("vip-network", "there is no device to look at");
  const own = device.addresses.filter((address) => address !== `${ip}/32`);
  const network = own.find((address) => isWithin(ip, address));
  if (network !== undefined) return ok("vip-network", `${ip} is in the network of ${network}`);
  const has = own.length === 0 ? "which has no IPv4 address" : `which has ${own.join(", ")}`;
  return warning(
    "vip-network",
    `${ip} is in no network of ${name}, ${has}: neighbours will not look for it there`,
    "Correct `vip_ip` or `vip_eth_device` in the config, or route the address to the nodes.",
  );
}

/** Whether an IPv4 address is in the network of another one that is written with its prefix length. */
function isWithin(ip: string, address: string): boolean {
  const [other = "", length = ""] = address.split("/");
  const hosts = 2 ** (32 - Number(length));
  return Math.floor(asNumber(ip) / hosts) === Math.floor(asNumber(other) / hosts);
}

function asNumber(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
