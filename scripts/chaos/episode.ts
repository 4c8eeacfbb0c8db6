/** Plays one plan on a lab, with the auditor's eyes on it, and gives what was measured. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { now } from "../../test/auditor/history.ts";
import { takeoverMs } from "../../test/auditor/measures.ts";
import { doubleHeld, lostMs, recoveries } from "../../test/auditor/vip/measures.ts";
import { Chance } from "../../test/faults/random.ts";
import { during, hold, settle } from "../../test/faults/stage.ts";
import type { TestLab } from "../../test/support/test-lab.ts";
import { openVipScene, type VipScene } from "../../test/support/vip.ts";
import type { Kind } from "./kinds.ts";
import { longEnough, type Plan, type Step } from "./plan.ts";

export interface Outcome {
  readonly plan: Plan;
  /** By the names of their kinds, in the order in which they happened. */
  readonly faults: readonly string[];
  /** From a loss of the holder to the next one's grant; of losses that lasted for long enough. */
  readonly takeoversMs: readonly number[];
  /** What a client lost with each planned move. */
  readonly movesMs: readonly number[];
  readonly recoveriesMs: readonly number[];
  /** How long two nodes had the address, each time, whatever was broken and whoever did it. */
  readonly doubledMs: readonly number[];
  /** What must not have happened. */
  readonly broken: readonly string[];
  readonly history: string;
}

const nodes = ["n1", "n2", "n3"];
/** What a move may still do to a client after the new holder has the address. */
const aftermathMs = 2500;

/** `tell` hears of each step as it begins. Throws when no scene could be set. */
export async function playEpisode(lab: TestLab, plan: Plan, tell: (line: string) => void): Promise<Outcome> {
  const { mode, tickMs, leaseMs } = plan.profile;
  const failpoint = plan.steps.some((step) => step.do === "fault" && step.kind.name.startsWith("cut before"));
  const slave = lab.status().subnet.replace(/\.0\/\d+$/, ".1");
  const scene = await openVipScene(lab, { mode, tickMs, leaseMs, slave, failpoint });
  const chance = new Chance(plan.seed + 1);
  const played = { faults: [] as string[], takeoversMs: [] as number[], movesMs: [] as number[] };
  const broken: string[] = [];
  try {
    for (const step of plan.steps) {
      await forwardIn(lab, plan.forwarding);
      await play({ scene, chance, slave, mode, limitMs: plan.profile.takeoverMs, tell }, step, played);
      await settle(scene, step.do === "move" ? "a planned move" : step.kind.name, { withinMs: 90_000 });
    }
  } catch (error) {
    broken.push((error as Error).message.split("\n")[0] ?? "");
  }
  await hold(aftermathMs);
  const picture = await scene.auditor.picture();
  broken.push(...(await scene.auditor.verdict(scene.limits)));
  const { history } = scene.auditor;
  writeFileSync(join(dirname(history), "daemon.log"), scene.daemon.log());
  await scene.end();
  return {
    plan,
    ...played,
    recoveriesMs: recoveries(picture),
    doubledMs: doubleHeld(picture).map(({ from, to }) => to - from),
    broken,
    history,
  };
}

interface Play {
  readonly scene: VipScene;
  readonly chance: Chance;
  readonly slave: string;
  readonly mode: Plan["profile"]["mode"];
  readonly limitMs: number;
  readonly tell: (line: string) => void;
}

async function play(
  { scene, chance, slave, mode, limitMs, tell }: Play,
  step: Step,
  played: { faults: string[]; takeoversMs: number[]; movesMs: number[] },
): Promise<void> {
  const [holder = "n1"] = await scene.holders();
  const others = nodes.filter((node) => node !== holder);
  if (step.do === "move") {
    const to = chance.pick(others);
    tell(`move ${holder} → ${to}`);
    const from = now();
    await scene.move(to);
    await hold(aftermathMs);
    played.movesMs.push(lostMs(await scene.auditor.picture(), { from, to: now() }));
    return;
  }
  const whom = ({ to }: Kind): string => (to === "holder" ? holder : chance.pick(to === "other" ? others : nodes));
  const { kind, lastsMs, also } = step;
  const fault = kind.make(whom(kind), chance, slave);
  const second = also?.kind.make(whom(also.kind), chance, slave);
  tell(`${fault.name}${second === undefined ? "" : ` and ${second.name}`} for ${(lastsMs / 1000).toFixed(1)} s`);
  const startedAt = now();
  await during(scene, fault, async () => {
    played.faults.push(kind.name);
    if (also === undefined || second === undefined) await hold(lastsMs);
    else {
      await hold(also.afterMs);
      await during(scene, second, async () => {
        played.faults.push(also.kind.name);
        await hold((lastsMs - also.afterMs) * chance.next());
      });
    }
  });
  if ((kind.loss === "any" || kind.loss === mode) && lastsMs >= limitMs * longEnough) {
    const took = Math.min(takeoverMs(await scene.auditor.picture(), startedAt, holder) ?? lastsMs, lastsMs);
    tell(`  taken over after ${(took / 1000).toFixed(2)} s`);
    played.takeoversMs.push(took);
  }
}

/** A node that lost its power in between has forgotten it. */
async function forwardIn(lab: TestLab, forwarding: boolean): Promise<void> {
  const command = `echo ${forwarding ? "1" : "0"} >/proc/sys/net/ipv4/ip_forward`;
  await Promise.all(nodes.map((node) => lab.inside(node, command)));
}
