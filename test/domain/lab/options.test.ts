import { expect, test } from "vitest";
import { PictlError } from "../../../src/domain/errors.ts";
import { checkOptions } from "../../../src/lab/options.ts";
import type { LabOptions } from "../../../src/lab/types.ts";

test("everything has a default", () => {
  expect(checkOptions({})).toEqual({
    name: "lab",
    nodes: 3,
    docker: true,
    dir: "/var/lib/pictl/lab/lab",
    subnet: null,
    install: false,
    disk: null,
    sshdOptions: [],
  });
});

test.each<[LabOptions, RegExp]>([
  [{ name: "" }, /cannot name a lab/],
  [{ name: "Lab" }, /cannot name a lab/],
  [{ name: "../x" }, /cannot name a lab/],
  [{ name: "a".repeat(13) }, /cannot name a lab/],
  [{ name: "-rf" }, /cannot name a lab/],
  [{ nodes: 0 }, /lab of 0 nodes/],
  [{ nodes: 1001 }, /lab of 1001 nodes/],
  [{ nodes: 1.5 }, /lab of 1.5 nodes/],
  [{ nodes: Number.NaN }, /lab of NaN nodes/],
  [{ dir: "/" }, /cannot live in \//],
  [{ dir: "/srv/a b" }, /cannot live in \/srv\/a b/],
  [{ dir: "/srv/a:b" }, /cannot live in/],
  [{ dir: "/srv/a,b" }, /cannot live in/],
  [{ disk: "much" }, /"much" is no size/],
  [{ disk: "1m,uid=5" }, /is no size/],
  [{ sshdOptions: ["MaxSessions"] }, /"MaxSessions" is no sshd option/],
  [{ sshdOptions: ["MaxSessions=1\nPermitRootLogin=yes"] }, /is no sshd option/],
])("%j is refused with what would do", (options, message) => {
  const error = catchError(() => checkOptions(options));
  expect(error.code).toBe("usage");
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(/\S/);
});

function catchError(work: () => unknown): PictlError {
  try {
    work();
  } catch (error) {
    if (error instanceof PictlError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
