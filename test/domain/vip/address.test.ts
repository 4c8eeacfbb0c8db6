import { expect, test } from "vitest";
import { whyNobodysIn } from "../../../src/domain/vip/address.ts";

test.each([
  ["10.0.0.0", "10.0.0.11/24", "the address of the network 10.0.0.11/24 itself"],
  ["10.0.0.255", "10.0.0.11/24", "the broadcast address of 10.0.0.11/24"],
  ["10.0.1.255", "10.0.0.11/23", "the broadcast address of 10.0.0.11/23"],
  ["10.0.0.255", "10.0.0.11/23", undefined],
  ["10.0.0.10", "10.0.0.11/24", undefined],
  ["10.0.0.10", "10.0.0.11/31", undefined],
  ["10.0.0.11", "10.0.0.11/32", undefined],
  ["10.1.0.0", "10.0.0.11/24", undefined],
  ["fd77::", "fd77::11/64", "the address of all routers of fd77::11/64"],
  ["fd77::ffff:ffff:ffff:ffff", "fd77::11/64", undefined],
  ["fd77::10", "fd77::11/127", undefined],
  ["fd77::10", "10.0.0.11/24", undefined],
])("%s with %s: %s", (ip, own, expected) => {
  expect(whyNobodysIn(ip, own)).toBe(expected);
});
