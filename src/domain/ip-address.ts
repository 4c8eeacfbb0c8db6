/** IP addresses and networks as text. What is said of others than IPv4 and IPv6 addresses means nothing. */

export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** The one text of an address that has many: as kernels print it (RFC 5952). */
export function canonical(address: string): string {
  if (!isIpv6(address)) return address;
  const groups = groupsOf(address).map((group) => group.toString(16));
  const run = longestZeros(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

/** `network` as `10.0.0.0/8` or `fd00::/8`; bits after the prefix are not looked at. */
export function isWithin(address: string, network: string): boolean {
  const [base = "", length = ""] = network.split("/");
  if (isIpv6(address) !== isIpv6(base)) return false;
  const prefix = (of: string): string => bitsOf(of).slice(0, Number(length));
  return prefix(address) === prefix(base);
}

/** The length of the prefix in `10.0.0.11/24`. */
export function prefixLength(network: string): number {
  return Number(network.split("/")[1]);
}

/** The first (0) or the last (1) address of a network: all bits after its prefix are this one. */
export function withHostBits(network: string, bit: 0 | 1): string {
  const [base = ""] = network.split("/");
  const bits = bitsOf(base)
    .slice(0, prefixLength(network))
    .padEnd(isIpv6(base) ? 128 : 32, String(bit));
  const parts = (size: number): readonly number[] =>
    Array.from({ length: bits.length / size }, (_, index) => parseInt(bits.slice(index * size, (index + 1) * size), 2));
  return isIpv6(base)
    ? canonical(
        parts(16)
          .map((group) => group.toString(16))
          .join(":"),
      )
    : parts(8).join(".");
}

/** The IPv4 address that begins at this bit of an IPv6 one. */
export function ipv4In(address: string, bit: number): string {
  const bits = bitsOf(address).slice(bit, bit + 32);
  return [0, 8, 16, 24].map((at) => parseInt(bits.slice(at, at + 8), 2)).join(".");
}

function bitsOf(address: string): string {
  return isIpv6(address)
    ? groupsOf(address)
        .map((group) => group.toString(2).padStart(16, "0"))
        .join("")
    : address
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [before = [], after] = address
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((group) => parseInt(group, 16))));
  if (after === undefined) return before;
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  groups.forEach((_, start) => {
    const end = groups.findIndex((group, index) => index >= start && group !== "0");
    const length = (end === -1 ? groups.length : end) - start;
    if (length > longest.length) longest = { start, length };
  });
  return longest;
}
