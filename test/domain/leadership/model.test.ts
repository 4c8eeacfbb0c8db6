import { expect, test } from "vitest";
import { explore } from "./model.ts";

/** `MODEL_STEPS=6 npx vitest run test/domain/leadership/model` goes through all that six faults can do in six steps (400,000 states). */
const steps = Number(process.env["MODEL_STEPS"] ?? 4);

test.each([
  ["one leads after the other", { faults: 2, ticks: 2, writes: 1, steps: 8 }],
  ["as much as possible goes wrong at once", { faults: 6, ticks: 2, writes: 1, steps }],
])(
  "of all histories of two controllers and three nodes none has two leaders, or one who does not know: %s",
  { timeout: 1_800_000 },
  (_, bounds) => {
    const { broken, states, leaders } = explore(bounds);
    expect(broken).toBeUndefined();
    // It is about something.
    expect([states > 5_000, leaders > 2_000]).toEqual([true, true]);
  },
);

test("where a node may lose its disk two lead, as docs/failover.md says: the model sees it", () => {
  const { broken } = explore({ faults: 2, ticks: 0, writes: 0, steps: 5, disksFail: true });
  expect(broken).toMatch(/loses its disk.*two lead$/);
});
