import fc from "fast-check";
import { expect, test } from "vitest";
import {
  capacity,
  controllerAddress,
  formatSubnet,
  nodeAddress,
  overlaps,
  parseSubnet,
  pickSubnet,
  spareAddress,
  type Subnet,
} from "../../../src/lab/network/subnet.ts";

const net = (text: string): Subnet => {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw new Error(text);
  return subnet;
};

test.each(["10.77.0.0", "10.77.0.0/33", "10.77.0.1/24", "10.77.256.0/24", "10.77.0/24", "::/64", "a.b.c.d/8", ""])(
  "%j is no network",
  (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  },
);

test("addresses of a /24", () => {
  const subnet = net("10.77.3.0/24");
  expect(formatSubnet(subnet)).toBe("10.77.3.0/24");
  expect(controllerAddress(subnet)).toBe("10.77.3.1");
  expect(spareAddress(subnet)).toBe("10.77.3.10");
  expect(nodeAddress(subnet, 0)).toBe("10.77.3.11");
  expect(capacity(subnet)).toBe(244);
  expect(nodeAddress(subnet, capacity(subnet) - 1)).toBe("10.77.3.254");
});

test.each([
  [1, "10.77.0.0/24"],
  [244, "10.77.0.0/24"],
  [245, "10.77.0.0/23"],
  [1000, "10.77.0.0/22"],
  [1012, "10.77.0.0/22"],
  [1013, "10.77.0.0/21"],
])("%i nodes get %s", (nodes, expected) => {
  const picked = pickSubnet(nodes, []);
  expect(picked && formatSubnet(picked)).toBe(expected);
});

test("a network in use is passed over, whatever its size", () => {
  const taken = [net("10.77.0.0/24"), net("10.77.1.128/32"), net("10.77.2.0/23")];
  expect(pickSubnet(3, taken)).toEqual(net("10.77.4.0/24"));
  expect(pickSubnet(500, taken)).toEqual(net("10.77.4.0/23"));
  expect(pickSubnet(3, [net("10.0.0.0/8")])).toBeUndefined();
  expect(pickSubnet(3, [net("0.0.0.0/0")])).toBeUndefined();
});

test("what is picked fits, is free, and lies in 10.77.0.0/16", () => {
  const subnets = fc
    .record({ third: fc.nat(255), bits: fc.integer({ min: 20, max: 32 }) })
    .map(({ third, bits }) => ({ base: 0x0a4d0000 + third * 256 - ((third * 256) % 2 ** (32 - bits)), bits }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(subnets, { maxLength: 40 }), (nodes, taken) => {
      const picked = pickSubnet(nodes, taken);
      if (picked === undefined) return;
      expect(capacity(picked)).toBeGreaterThanOrEqual(nodes);
      expect(taken.filter((other) => overlaps(picked, other))).toEqual([]);
      expect(overlaps(picked, net("10.77.0.0/16"))).toBe(true);
      expect(parseSubnet(formatSubnet(picked))).toEqual(picked);
    }),
  );
});
