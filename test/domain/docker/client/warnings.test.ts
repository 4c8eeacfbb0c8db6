import { expect, test } from "vitest";
import { dockerWarnings } from "../../../../src/domain/docker/client/warnings.ts";

test.each([
  [
    "WARNING: Published ports are discarded when using host network mode\n",
    ["Published ports are discarded when using host network mode"],
  ],
  [
    "Unable to find image 'a:1' locally\n1: Pulling from a\nDigest: sha256:1\nStatus: Downloaded newer image for a:1\n" +
      "WARNING: Your kernel does not support memory limit capabilities. Limitation discarded.\n",
    ["Your kernel does not support memory limit capabilities. Limitation discarded."],
  ],
  ["WARNING: \u001b[31mred\n", ["\\x1b[31mred"]],
  ["", []],
])("%j", (stderr, expected) => {
  expect(dockerWarnings(stderr)).toEqual(expected);
});
