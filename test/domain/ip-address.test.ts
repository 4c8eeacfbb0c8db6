import { isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, isWithin } from "../../src/domain/ip-address.ts";

test.each([
  ["FD00:0::1", "fd00::1"],
  ["fd00:0000:0000:0000:0000:0000:0000:0001", "fd00::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
  ["::", "::"],
  ["192.168.0.15", "192.168.0.15"],
])("%s is %s", (address, expected) => {
  expect(canonical(address)).toBe(expected);
});

test("every way to write an IPv6 address becomes the one of the URL standard", () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), (groups, upper) => {
      const text = groups.map((each) => each.toString(16).padStart(4, "0")).join(":");
      const told = canonical(upper ? text.toUpperCase() : text);
      expect(isIPv6(told)).toBe(true);
      expect(`[${told}]`).toBe(new URL(`http://[${text}]/`).hostname);
      expect(canonical(told)).toBe(told);
    }),
  );
});

test.each([
  ["10.0.0.9", "10.0.0.1/24", true],
  ["10.0.1.9", "10.0.0.1/24", false],
  ["10.0.0.9", "10.0.0.9/32", true],
  ["192.168.1.1", "128.0.0.0/1", true],
  ["fd77::10", "fd77::1/64", true],
  ["fd77:0:0:1::10", "fd77::1/64", false],
  ["febf::1", "fe80::/10", true],
  ["fec0::1", "fe80::/10", false],
  ["10.0.0.9", "::/0", false],
])("%s in %s: %s", (address, network, expected) => {
  expect(isWithin(address, network)).toBe(expected);
});
