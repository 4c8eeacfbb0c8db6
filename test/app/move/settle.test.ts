import { expect, test } from "vitest";
import { onceSettled } from "../../../src/app/move/settle.ts";
import type { Ports } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { moveRecord } from "../../fakes/move.ts";

const move = moveRecord({ container: "moving" });

const placements = [placement("free", "n1"), placement("moving", "n1")];
const cluster = config({ nodes: [node("n1"), node("n2")], placements });

test("what fails for the containers that are free is told when nothing is being settled any more", async () => {
  let settle = (): void => undefined;
  const settling = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const order: string[] = [];
  const ports = {
    clock: { now: () => 0 },
    journal: {
      read: () => Promise.resolve([move]),
      claim: async () => {
        await settling;
        order.push("settled");
        throw new PictlError("lock-held", "Somebody else is at it.");
      },
    },
  } as unknown as Ports;
  const failed = onceSettled(ports, { config: cluster, placements, waitMs: 0 }, () => {
    setImmediate(settle);
    return Promise.reject(new PictlError("interrupted", "Interrupted."));
  }).catch((error: unknown) => {
    order.push("failed");
    return error;
  });
  expect(await failed).toMatchObject({ code: "interrupted" });
  expect(order).toEqual(["settled", "failed"]);
});
