import { expect, test } from "vitest";
import { runsOneOf } from "../../../../src/domain/docker/engine/architecture.ts";

test.each<[string, readonly string[], boolean]>([
  ["x86_64", ["amd64"], true],
  ["x86_64", ["386"], true],
  ["x86_64", ["arm64/v8", "arm/v7"], false],
  ["i686", ["amd64"], false],
  ["i686", ["386"], true],
  ["aarch64", ["arm64"], true],
  ["aarch64", ["amd64", "arm64/v8"], true],
  ["aarch64", ["arm/v7"], true],
  ["aarch64", ["amd64"], false],
  ["armv7l", ["arm/v7"], true],
  ["armv7l", ["arm/v6"], true],
  ["armv7l", ["arm"], true],
  ["armv7l", ["arm64/v8"], false],
  // A Pi Zero: most images for arm are not for it.
  ["armv6l", ["arm/v7"], false],
  ["armv6l", ["arm/v7", "arm/v5"], true],
  ["s390x", ["s390x"], true],
  ["s390x", ["amd64"], false],
  ["toaster", ["amd64"], true],
  ["x86_64", [], false],
])("%s runs one of %j: %s", (machine, platforms, expected) => {
  expect(runsOneOf(machine, platforms)).toBe(expected);
});
