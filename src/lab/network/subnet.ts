/** IPv4 networks as the lab numbers them. Pure. */

export interface Subnet {
  /** Network address as an unsigned 32-bit number. */
  readonly base: number;
  /** Prefix length. */
  readonly bits: number;
}

/** The controller has .1; .2 to .10 stay free for virtual IPs; nodes begin at .11. */
const FIRST_NODE = 11;
const POOL: Subnet = { base: 0x0a4d0000, bits: 16 };

/** Reads `10.77.0.0/24`; undefined when it is no IPv4 network (host bits set count as none). */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  const bits = parts[4] ?? 33;
  if (bits > 32 || parts.slice(0, 4).some((part) => part > 255)) return undefined;
  const base = parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  return base % sizeOf(bits) === 0 ? { base, bits } : undefined;
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.bits}`;
}

/** How many nodes fit: all addresses but the network's, the first ten and the broadcast. */
export function capacity(subnet: Subnet): number {
  return Math.max(0, sizeOf(subnet.bits) - FIRST_NODE - 1);
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.base < b.base + sizeOf(b.bits) && b.base < a.base + sizeOf(a.bits);
}

/** The first network of 10.77.0.0/16 that holds `nodes` nodes and overlaps none of `taken`; at least a /24. */
export function pickSubnet(nodes: number, taken: readonly Subnet[]): Subnet | undefined {
  let bits = 24;
  while (bits > POOL.bits && capacity({ base: 0, bits }) < nodes) bits--;
  if (capacity({ base: 0, bits }) < nodes) return undefined;
  for (let base = POOL.base; base < POOL.base + sizeOf(POOL.bits); base += sizeOf(bits)) {
    const candidate = { base, bits };
    if (!taken.some((other) => overlaps(candidate, other))) return candidate;
  }
  return undefined;
}

export function controllerAddress(subnet: Subnet): string {
  return formatAddress(subnet.base + 1);
}

/** The last address below the nodes: never a node's, so free for a virtual IP. */
export function spareAddress(subnet: Subnet): string {
  return formatAddress(subnet.base + FIRST_NODE - 1);
}

/** `index` counts from 0. */
export function nodeAddress(subnet: Subnet, index: number): string {
  return formatAddress(subnet.base + FIRST_NODE + index);
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function sizeOf(bits: number): number {
  return 2 ** (32 - bits);
}
