/** What is remembered of an address that is to stay where it is while no daemon runs. */
import { expect, test } from "vitest";
import type { Authority, SavedVip, StateFile } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { openVip } from "../../../src/app/vip/index.ts";
import { openSurvey } from "../../../src/app/vip/observe/survey.ts";
import { Cluster } from "../../sim/hands.ts";

const vip = { vip: [{ node: "n1", vip_eth_device: "eth0" }], vip_ip: "10.0.0.9", vip_mode: "lease" };

/** An address that n1 has, and then is to keep; resolves to why not, and to what happened in between. */
async function frozen({
  nodesRemember,
  isLost = () => false,
}: {
  readonly nodesRemember: boolean;
  /** Whether what is asked while the daemon leaves gets no answer. */
  readonly isLost?: (what: string) => boolean;
}) {
  const cluster = new Cluster({ n1: {} }, vip, "calm");
  return cluster.by(async ({ ports, config, process }) => {
    const happened: string[] = [];
    let isLeaving = false;
    const ask = process.ask.bind(process);
    process.ask = (what, begin) => {
      if (what.includes("grant")) happened.push("ordered");
      const lost = new PictlError("node-unreachable", "n1 hung up.");
      return isLeaving && isLost(what) ? Promise.reject(lost) : ask(what, begin);
    };
    let saved: SavedVip | undefined;
    const state = {
      read: () => Promise.resolve(saved),
      write: (next: SavedVip) => {
        saved = next;
        happened.push(`written ${JSON.stringify(next.memory.booked)}`);
        return Promise.resolve();
      },
    } as StateFile<SavedVip>;
    const authority: Authority = {
      leads: () => true,
      current: () => ({ leader: true, standby: false, until: Infinity, frozen: [] }),
      raise: () => Promise.resolve(true),
      freeze: (_ip, node) => {
        happened.push(`nodes told of ${node}`);
        return Promise.resolve(nodesRemember);
      },
      thaw: () => Promise.resolve(),
    };
    const section = config.vips[0];
    if (!section) throw new Error("no vip");
    const one = openVip(ports, { state, authority, survey: openSurvey(ports) });
    for (let ticks = 0; ticks < 5; ticks++) {
      const { nextMs } = await one.tick({ config, section });
      await ports.clock.sleep(nextMs);
    }
    await one.tick({ config, section });
    happened.length = 0;
    isLeaving = true;
    return { why: await one.freeze({ config, section }), happened };
  });
}

test("it is written down here and by the nodes before the node is told", async () => {
  const { why, happened } = await frozen({ nodesRemember: true });
  expect(why).toBe(undefined);
  expect(happened.slice(0, 3)).toEqual(["nodes told of n1", 'written {"n1":null}', "ordered"]);
});

test("where the nodes cannot be had to remember it, its lease ends", async () => {
  const { why, happened } = await frozen({ nodesRemember: false });
  expect(why).toContain("the lease of n1 ends in 15 s or less");
  expect(happened).toEqual(["nodes told of n1"]);
});

test("where its holder does not take it, it is told that its lease may end", async () => {
  const { why } = await frozen({ nodesRemember: true, isLost: (what) => what.includes("grant") });
  expect(why).toContain("n1 was asked to keep the address (n1 hung up): the lease of n1 may end in 15 s or less");
});

test("a holder that answers the second time only keeps it", async () => {
  let asked = 0;
  const { why, happened } = await frozen({ nodesRemember: true, isLost: () => asked++ === 0 });
  expect(asked).toBeGreaterThan(1);
  expect(why).toBe(undefined);
  expect(happened).toContain("ordered");
});
