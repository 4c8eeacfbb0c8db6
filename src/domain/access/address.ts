import { canonical, isIpv6, isWithin } from "../ip-address.ts";

/** Who connects, as the kernel names it: an IPv4 address that came over an IPv6 socket is that IPv4 address. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? canonical(address.replace(/%.*$/, ""));
}

/** `127.0.0.0/8` and `::1`. */
export function isLoopback(address: string): boolean {
  return isWithin(address, "127.0.0.0/8") || address === "::1";
}

/** Whether one of these addresses and networks has it. */
export function isAmong(address: string, networks: readonly string[]): boolean {
  return networks.some((network) =>
    isWithin(address, network.includes("/") ? network : `${network}/${isIpv6(network) ? 128 : 32}`),
  );
}
