/** Which nodes are asked again for the addresses that they have from pictl. */
import { expect, test } from "vitest";
import type { Authority } from "../../../../src/app/ports.ts";
import { openSurvey, type Survey } from "../../../../src/app/vip/observe/survey.ts";
import { openTakingBack } from "../../../../src/app/vip/take-back.ts";
import { Cluster } from "../../../sim/hands.ts";
import type { Process } from "../../../sim/process.ts";

const vip = { vip: [{ node: "n1", vip_eth_device: "eth0" }], vip_ip: "10.0.0.9" };

/** The nodes that are asked, one after the other. */
function askedIn(process: Process): string[] {
  const asked: string[] = [];
  const ask = process.ask.bind(process);
  process.ask = (what, begin) => {
    if (/^n\d: .*survey/.test(what)) asked.push(what.slice(0, 2));
    return ask(what, begin);
  };
  return asked;
}

test("a node that has told twice of no address is believed for ten minutes, while the config has none to give", async () => {
  const cluster = new Cluster({ n1: {}, n2: {} }, {}, "calm");
  const off = cluster.world.node("n2");
  await cluster.by(async ({ ports, config, process }) => {
    const asked = askedIn(process);
    let later = 0;
    const clock = { ...ports.clock, monotonic: () => ports.clock.monotonic() + later };
    const survey = openSurvey({ ...ports, clock });
    const look = async (minutes: number, options?: { readonly believing: boolean }): Promise<string> => {
      later += minutes * 60_000;
      asked.length = 0;
      await survey.look(config, options);
      return asked.join(" ");
    };
    const believing = { believing: true };
    expect([await look(0, believing), await look(1, believing), await look(1, believing)]).toEqual([
      "n1 n2",
      "n1 n2",
      "",
    ]);
    expect([...survey.latest().keys()]).toEqual(["n1", "n2"]);
    expect([await look(0), await look(8, believing), await look(3, believing)]).toEqual(["n1 n2", "", "n1 n2"]);
    off.powerOff();
    expect([await look(0), await look(1, believing)]).toEqual(["n1 n2", "n2"]);
  });
});

test("while the config has an address to give, every node is asked each time", async () => {
  const cluster = new Cluster({ n1: {}, n2: {} }, vip, "calm");
  await cluster.by(async ({ ports, config, process }) => {
    const survey = openSurvey(ports);
    const asked = askedIn(process);
    for (let times = 0; times < 3; times++) await survey.look(config, { believing: true });
    expect(asked).toEqual(["n1", "n2", "n1", "n2", "n1", "n2"]);
  });
});

test("who begins to lead asks all of them: another leader may have given an address since", async () => {
  const cluster = new Cluster({ n1: {} }, {}, "calm");
  await cluster.by(async ({ ports, config }) => {
    const believing: unknown[] = [];
    const survey = openSurvey(ports);
    const look: Survey["look"] = (of, options) => {
      believing.push(options?.believing);
      return survey.look(of, options);
    };
    let leads = false;
    const authority = { leads: () => leads, raise: () => Promise.resolve(true) } as Partial<Authority> as Authority;
    const takingBack = openTakingBack(ports, { survey: { ...survey, look }, authority });
    for (leads of [false, true, true, false, true]) await takingBack.round(config);
    expect(believing).toEqual([true, false, true, true, false]);
  });
});
