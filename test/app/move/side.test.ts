import { expect, test } from "vitest";
import { sideUnlessDead } from "../../../src/app/move/side.ts";
import type { Ports } from "../../../src/app/ports.ts";
import { type ErrorCode, PictlError } from "../../../src/domain/errors.ts";
import { config, node } from "../../fakes/config.ts";

/** Looks at an end of a move to which there is no connection, for this reason. */
function looking(code: ErrorCode) {
  const refused = (): Promise<never> => Promise.reject(new PictlError(code, "No."));
  const ports = { nodes: { connect: refused }, engines: { on: refused }, signal: new AbortController().signal };
  return sideUnlessDead(ports as unknown as Ports, config({ nodes: [node("n1")] }), "n1");
}

test("a node that does not answer is moved away from without it", async () => {
  expect(await looking("node-unreachable")).toBe(undefined);
});

test.each<ErrorCode>(["auth-failed", "host-key-changed", "docker-unavailable"])(
  "one that answers is not taken for dead: %s",
  async (code) => {
    await expect(looking(code)).rejects.toMatchObject({ code });
  },
);
