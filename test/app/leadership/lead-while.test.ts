import { expect, test } from "vitest";
import { leadWhile } from "../../../src/app/leadership/index.ts";
import { Cluster } from "../../sim/hands.ts";
import { openSimLeadership } from "../../sim/leadership.ts";

/** Longer than nodes promise. */
const workMs = 60_000;

test.each([
  ["a promise is renewed until the work has ended, and no longer", true, ["leader", "unelected"]],
  ["without that it ends in the middle of the work", false, ["unelected", "unelected"]],
])("%s", async (_, renews, roles) => {
  const cluster = new Cluster({ n1: {}, n2: {}, n3: {} }, {}, "calm");
  await cluster.by(async ({ ports, config, process }) => {
    const led = await openSimLeadership(cluster.world, process, ports);
    const round = () => led.round(config);
    for (let times = 0; led.role() !== "leader" && times < 10; times++) {
      await round();
      await ports.clock.sleep(5_000);
    }
    const work = async () => {
      await ports.clock.sleep(workMs);
      return led.role();
    };
    const atTheEnd = await (renews ? leadWhile(ports, round, work) : work());
    await ports.clock.sleep(workMs);
    expect([atTheEnd, led.role()]).toEqual(roles);
  });
});

test("what the work rejects with is told, and so is a round that fails", async () => {
  const cluster = new Cluster({ n1: {} }, {}, "calm");
  await cluster.by(async ({ ports }) => {
    const fails = (why: string) => () => Promise.reject(new Error(why));
    const waits = () => ports.clock.sleep(workMs);
    await expect(leadWhile(ports, () => Promise.resolve(), fails("the work"))).rejects.toThrow("the work");
    await expect(leadWhile(ports, fails("the round"), waits)).rejects.toThrow("the round");
  });
});
