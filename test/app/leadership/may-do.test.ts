import { expect, test } from "vitest";
import { mayDo } from "../../../src/app/leadership/index.ts";
import { config } from "../../fakes/config.ts";

const leads = { role: "leader", alone: true, reconciled: true, behind: false, missed: false, refuse: false } as const;
const older = { rows: [] } as never;

test.each([
  ["who leads alone does everything", {}, "everything"],
  ["who is not sure to lead alone repairs", { alone: false }, "repairs"],
  ["who is not elected repairs", { role: "unelected" }, "repairs"],
  ["who stands by leaves it to the leader", { role: "standby" }, "nothing"],
  ["a leader that has not yet heard where containers are waits", { reconciled: false }, "nothing"],
  ["so does one that other nodes elect", { missed: true }, "nothing"],
  ["an older config starts nothing that has been moved, where it says so", { behind: true, refuse: true }, "nothing"],
  ["an older config goes on with what is certain, where it does not", { behind: true }, "everything"],
  ["a config that is the newest is no older one", { refuse: true }, "everything"],
])("%s", (_what, parts, may) => {
  const { role, alone, reconciled, behind, missed, refuse } = { ...leads, ...parts };
  const leadership = {
    role: () => role,
    isAlone: () => alone,
    isReconciled: () => reconciled,
    behind: () => (behind ? older : undefined),
    missed: () => (missed ? ["n9"] : []),
  };
  expect(mayDo(leadership as never, config({ staleConfig: refuse ? "refuse" : undefined }))).toBe(may);
});
