import { ipv4In, isIpv6, isWithin, prefixLength, withHostBits } from "../ip-address.ts";

const unfitNetworks = [
  { network: "0.0.0.0/8", what: "no address of a network; give one that clients have a route to" },
  { network: "127.0.0.0/8", what: "every machine's own (loopback); give one that clients have a route to" },
  { network: "169.254.0.0/16", what: "link-local, and never leaves its link; give one that clients have a route to" },
  { network: "224.0.0.0/4", what: "a multicast address, which many may have; give a unicast one" },
  { network: "255.255.255.255/32", what: "the broadcast address, which everybody has; give a unicast one" },
  { network: "240.0.0.0/4", what: "reserved, and kernels route it nowhere; give one that clients have a route to" },
  {
    network: "fe80::/10",
    what: "link-local, and clients cannot tell on which link; give one that they have a route to, such as one of fd00::/8",
  },
  { network: "ff00::/8", what: "a multicast address, which many may have; give a unicast one" },
  { network: "::/96", what: "no address of a network; give one that clients have a route to" },
  { network: "::ffff:0:0/96", what: "an IPv4 address written as IPv6; give it as IPv4" },
  { network: "64:ff9b::/96", what: "an IPv4 address behind a translator (NAT64); give it as IPv4" },
  { network: "64:ff9b:1::/48", what: "an IPv4 address behind a translator (NAT64); give it as IPv4" },
  { network: "100::/64", what: "where routers throw things away; give one that clients have a route to" },
  { network: "2001::/32", what: "the end of a tunnel (Teredo); give one that clients have a route to" },
  {
    network: "2001:20::/28",
    what: "a name for a key (ORCHID), which is routed nowhere; give one that clients have a route to",
  },
  { network: "fec0::/10", what: "site-local, which is not used any more; give one of fd00::/8" },
];

const sixToFour = "2002::/16";

/** Why no node anywhere can have this address, as words behind "it is"; undefined when one can. */
export function whyNeverVirtual(ip: string): string | undefined {
  const unfit = unfitNetworks.find(({ network }) => isWithin(ip, network))?.what;
  if (unfit !== undefined || !isWithin(ip, sixToFour)) return unfit;
  const within = ipv4In(ip, 16);
  return whyNeverVirtual(within) && `the end of a tunnel (6to4) to ${within}; give one that clients have a route to`;
}

/** Of an address without a host part nothing but a warning can be said before its network is known. */
export function mayBeOfRouters(ip: string): boolean {
  return isIpv6(ip) && ip === withHostBits(`${ip}/64`, 0);
}

/**
 * Why an address is nobody's in a network, written as a node's own address with its prefix length (`10.0.0.11/24`), as
 * words behind "it is"; undefined when it may be somebody's, or lies outside.
 */
export function whyNobodysIn(ip: string, own: string): string | undefined {
  const longest = isIpv6(own) ? 128 : 32;
  // Networks of two addresses have neither (RFC 3021, RFC 6164).
  if (!isWithin(ip, own) || prefixLength(own) >= longest - 1) return undefined;
  if (ip === withHostBits(own, 0)) {
    return isIpv6(ip) ? `the address of all routers of ${own}` : `the address of the network ${own} itself`;
  }
  return !isIpv6(ip) && ip === withHostBits(own, 1) ? `the broadcast address of ${own}` : undefined;
}
