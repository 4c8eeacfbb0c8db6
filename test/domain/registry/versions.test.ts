import fc from "fast-check";
import { expect, test } from "vitest";
import { newestFirst } from "../../../src/domain/registry/versions.ts";

// Each list stands in the order wanted.
test.each([
  [["latest", "1.10.0", "1.9.9", "1.9", "1", "alpine", "edge"]],
  [["v2.0.0", "v2.0.0-alpine", "v2.0.0-rc2", "v2.0.0-rc.1", "v2.0.0-beta3", "v2.0.0-alpha", "v1.9"]],
  [["3.13.0", "3.13.0-slim", "3.13.0rc10", "3.13.0rc9", "3.13.0b1", "3.13.0a2", "3.12"]],
  [["22.04", "20.04", "bookworm-20250101", "20240923", "2024-01-31", "bookworm", "trixie"]],
  [["1.0", "0a1b2c3d", "7e3f2a1", "deadbeef"]],
  [["1.27.1", "1.27.0", "1.27.0-bookworm-perl", "1.27"]],
])("%j", (wanted) => {
  expect(newestFirst([...wanted].reverse())).toEqual(wanted);
  expect(newestFirst(wanted)).toEqual(wanted);
});

test("the order does not depend on the order they come in", () => {
  const tag = fc.stringMatching(/^v?[0-9]{0,3}(\.[0-9]{1,3}){0,2}(-?(rc|alpha|b|x)[0-9]?)?$/);
  fc.assert(
    fc.property(
      fc
        .uniqueArray(tag, { maxLength: 8 })
        .chain((tags) => fc.tuple(fc.constant(tags), fc.shuffledSubarray(tags, { minLength: tags.length }))),
      ([tags, shuffled]) => {
        expect(newestFirst(shuffled)).toEqual(newestFirst(tags));
      },
    ),
  );
});
