import { isIpv6, isWithin } from "../ip-address.ts";
import { whyNobodysIn } from "../vip/address.ts";
import type { NodeSurvey } from "../vip/facts.ts";
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
  const announces = candidacies.some(({ ip }) => !isIpv6(ip));
  if (!seen) {
    const unseen = candidate ? (["ip", "arping", ...candidateChecks] as const) : (["ip", "arping"] as const);
    return unseen.map((check) => skipped(check, "could not be looked at"));
  }
  const { devices } = seen;
  return [
    ipCheck(seen.ip, candidate),
    arpingCheck(seen.arping, { candidate, announces }),
    ...(candidate ? [pingCheck(seen.ping)] : []),
    ...devicesOf(candidacies).map((name) => deviceCheck(devices, name, needsIpv6(candidacies, name))),
    ...candidacies.map((candidacy) => networkCheck(devices, candidacy)),
  ];
}

/** What a node tells of virtual IPs, as far as somebody has to do something about it. */
export interface AddressLook {
  readonly survey: NodeSurvey;
  /** The addresses that it may have from pictl. */
  readonly wanted: readonly string[];
  /** Folders that it cannot write, and without which it takes no order. */
  readonly unwritable: readonly string[];
}

/** Told only where something is wrong. `isRoot`: the login has root's rights, so that it is not for want of them. */
export function addressChecks(
  look: AddressLook | undefined,
  { candidacies, isRoot }: { readonly candidacies: readonly Candidacy[]; readonly isRoot: boolean },
): readonly Check[] {
  if (!look) return [];
  const { survey, wanted, unwritable } = look;
  const foreign = survey.foreign
    // The candidate's own device is told of already.
    .filter(({ ip, device }) => !candidacies.some((row) => row.ip === ip && row.device === device))
    .map(({ ip, device, address }) =>
      problem(
        "vip-conflict",
        `it has ${address} on ${device} from somebody else: nobody gets the virtual IP ${ip}`,
        "Take it off there if it is not the node's own; else give `vip_ip` an address that no machine has.",
      ),
    );
  const strays = survey.given
    .filter((ip) => !wanted.includes(ip))
    .map((ip) =>
      warning(
        "vip-stray",
        `it has ${ip} from pictl, which the config no longer gives it`,
        "`pictl daemon` takes it back, and so does `pictl daemon --once`.",
      ),
    );
  const folders =
    unwritable.length === 0 || candidacies.length === 0
      ? []
      : [
          problem(
            "vip-folders",
            `${unwritable.join(" and ")} cannot be written: the node takes no order, and gets no virtual IP`,
            isRoot
              ? "Make room there, and see that the file system is not read-only."
              : "Only root may write there: let the login use sudo, as the check `sudo` says, or log in as root.",
          ),
        ];
  return [...folders, ...foreign, ...strays];
}

/** What only candidates are asked. */
export const candidateChecks = ["ping", "vip-device", "vip-network"] as const;

/** Each once: several addresses may be on one device. */
export function devicesOf(candidacies: readonly Candidacy[]): readonly string[] {
  return [...new Set(candidacies.map(({ device }) => device))];
}

function needsIpv6(candidacies: readonly Candidacy[], name: string): boolean {
  return candidacies.some(({ ip, device }) => device === name && isIpv6(ip));
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

/** `announces`: the node may have an IPv4 address; one of IPv6 is announced by the kernel. */
function arpingCheck(
  arping: Examination["arping"],
  { candidate, announces }: { readonly candidate: boolean; readonly announces: boolean },
): Check {
  const remedy = "Install it: `apt-get install iputils-arping` (Alpine: `apk add iputils-arping`).";
  if (!arping) {
    if (!candidate) return ok("arping", notNeeded);
    if (!announces) return ok("arping", "not there, nor needed: the kernel announces an IPv6 address");
    return warning("arping", "not there: after a failover, clients may take minutes to notice", remedy);
  }
  if (announces && arping.flavour === "habets") {
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

function deviceCheck(devices: readonly Device[] | null, name: string, ipv6: boolean): Check {
  if (!devices) return skipped("vip-device", "there is no ip program to look with");
  const device = devices.find((each) => each.name === name);
  if (!device?.exists) {
    return problem(
      "vip-device",
      `there is no network device ${name}`,
      "Correct `vip_eth_device` in the config; `ip -br link` on the node lists what there is.",
    );
  }
  if (ipv6 && device.ipv6Off) {
    return problem(
      "vip-device",
      `IPv6 is switched off on ${name}, so the node cannot have an IPv6 virtual IP`,
      `Switch it on: \`sysctl net.ipv6.conf.${name}.disable_ipv6=0\`, and a line in /etc/sysctl.d for the next start.`,
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
  const [family, whole] = isIpv6(ip) ? (["IPv6", 128] as const) : (["IPv4", 32] as const);
  const own = device.addresses.filter(
    (address) => isIpv6(address) === isIpv6(ip) && address !== `${ip}/${String(whole)}`,
  );
  const taken = own.find((address) => address.split("/")[0] === ip);
  if (taken !== undefined) {
    return problem(
      "vip-network",
      `the node has ${taken} on ${name} from somebody else, and may be known by it: nobody gets ${ip}`,
      "Give `vip_ip` an address that no machine has.",
    );
  }
  const nobodys = own.map((address) => whyNobodysIn(ip, address)).find((why) => why !== undefined);
  if (nobodys !== undefined) {
    const remedy = "Give `vip_ip` an address that a machine can have.";
    return problem("vip-network", `${ip} is ${nobodys}: the node does not get it`, remedy);
  }
  const network = own.find((address) => isWithin(ip, address));
  if (network !== undefined) return ok("vip-network", `${ip} is in the network of ${network}`);
  const has = own.length === 0 ? `which has no ${family} address` : `which has ${own.join(", ")}`;
  return warning(
    "vip-network",
    `${ip} is in no network of ${name}, ${has}: neighbours will not look for it there`,
    "Correct `vip_ip` or `vip_eth_device` in the config, or route the address to the nodes.",
  );
}
