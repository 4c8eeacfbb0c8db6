import type { VipSection } from "../../../domain/config/types.ts";
import { type Failure, PictlError } from "../../../domain/errors.ts";
import { holdersOf } from "../../../domain/vip/facts.ts";
import type { VipWish } from "../../../domain/vip/memory.ts";
import { othersOf } from "../../../domain/vip/strays.ts";
import { rehearse, type WishAnswer } from "../../../domain/vip/wish.ts";
import type { VipPorts } from "../../ports.ts";
import { record } from "../../kit/record.ts";
import type { Report } from "../../kit/report.ts";
import type { ByHandInput } from "./by-hand-input.ts";
import { byDaemon } from "./by-daemon.ts";
import { byItself } from "./by-itself.ts";
import { lookAtCandidates } from "../observe/look.ts";
import { openSurvey } from "../observe/survey.ts";

export interface VipChangeRow {
  /** The address. */
  readonly vip: string;
  /** Where it is now; null: nowhere. */
  readonly node: string | null;
  /** Where it was. */
  readonly before: string | null;
  readonly changed: boolean;
  readonly outcome: string;
  readonly durationMs: number;
}

/**
 * Moves a virtual IP, or takes it from everybody: the daemon of this machine is asked to; where none runs, it is done
 * here by the same rules, if no other daemon leads. Rejects with what hindered it; a wish that has not come true then
 * is forgotten, unless the daemon has it.
 */
export async function changeVip(
  ports: VipPorts,
  input: ByHandInput,
): Promise<Report<{ vips: readonly VipChangeRow[] }>> {
  const { section, wish } = input;
  checkCandidate(section, wish);
  const pid = await input.daemonPid();
  if (input.dryRun) return rehearsal(ports, input, pid);
  const startedAt = ports.clock.monotonic();
  const to = wish === "release" ? null : wish.to;
  await record(ports, { type: to === null ? "vip.release-ordered" : "vip.move-ordered", vip: section.ip, after: to });
  const step = ports.progress.step(section.ip, to === null ? "release" : `move to ${to}`);
  try {
    const { before, answer, runsOut } =
      pid === undefined
        ? await byItself(ports, input, step)
        : { ...(await byDaemon(ports, input, { pid, step })), runsOut: undefined };
    if (answer.state !== "done") throw notDone(input, answer, pid);
    const outcome = outcomeOf(before, to);
    step.done(outcome);
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    const row = { vip: section.ip, node: to, before, changed: before !== to, outcome, durationMs };
    return { result: { vips: [row] }, failures: runsOut === undefined ? [] : [doesNotLast(section, runsOut)] };
  } catch (error) {
    step.fail();
    throw error;
  }
}

function doesNotLast({ ip }: VipSection, why: string): Failure {
  return { code: "not-as-wanted", message: `${ip} is there, but not for long: ${why}.`, hint: "Start `pictl daemon`." };
}

function checkCandidate({ ip, candidates }: VipSection, wish: VipWish): void {
  if (wish === "release" || candidates.some(({ node }) => node === wish.to)) return;
  throw new PictlError("unknown-node", `${wish.to} is no candidate of the virtual IP ${ip}.`, {
    hint: `Its candidates are ${candidates.map(({ node }) => node).join(", ")}; \`vip\` in the config has a row for each.`,
  });
}

async function rehearsal(
  ports: VipPorts,
  { config, section, wish }: ByHandInput,
  pid: number | undefined,
): Promise<Report<{ vips: readonly VipChangeRow[] }>> {
  const startedAt = ports.clock.monotonic();
  const [{ candidates, failures }, surveys] = await Promise.all([
    lookAtCandidates(ports, { config, section }),
    openSurvey(ports).look(config),
  ]);
  const plan = rehearse(section, wish, { candidates, others: othersOf(section, surveys) });
  if ("refused" in plan) throw refused(section, wish, { code: "move-failed", why: plan.refused });
  const [before = null] = holdersOf({ candidates });
  const who = pid === undefined ? "would" : "would have the daemon";
  const outcome = plan.steps.length === 0 ? "nothing to do" : `${who} ${plan.steps.join(", then ")}`;
  const durationMs = Math.round(ports.clock.monotonic() - startedAt);
  return {
    result: { vips: [{ vip: section.ip, node: before, before, changed: false, outcome, durationMs }] },
    failures,
  };
}

function outcomeOf(before: string | null, to: string | null): string {
  if (to === null) return before === null ? "nobody had it" : `taken from ${before}`;
  if (before === to) return "was there already";
  return before === null ? `given to ${to}` : `moved from ${before} to ${to}`;
}

function notDone(
  { section, wish, leave, waitMs }: ByHandInput,
  answer: Exclude<WishAnswer, { state: "done" }>,
  pid: number | undefined,
): PictlError {
  if (answer.state === "refused") return refused(section, wish, answer);
  const next =
    pid !== undefined
      ? `The daemon (process ${String(pid)}) goes on with it`
      : wish === "release"
        ? "Whoever keeps it next goes on with it"
        : "Nothing more is done about it";
  const hint = `${next}; \`pictl vip show\` tells who has the address.`;
  const what = wish === "release" ? "is not released yet" : `is not on ${wish.to} yet`;
  return leave.aborted
    ? new PictlError("interrupted", `Interrupted while ${section.ip} ${what}: ${answer.why}.`, { hint })
    : new PictlError("timeout", `${section.ip} ${what} after ${String(waitMs / 1000)} s: ${answer.why}.`, { hint });
}

function refused(
  { ip }: VipSection,
  wish: VipWish,
  { code, why }: Pick<Extract<WishAnswer, { state: "refused" }>, "code" | "why">,
): PictlError {
  const what = wish === "release" ? "is not released" : `is not moved to ${wish.to}`;
  const hint =
    code === "superseded"
      ? "Run this on the machine of the daemon that leads; `pictl log --type daemon.leads` there says so."
      : "`pictl vip show` tells how its candidates are.";
  return new PictlError(code, `${ip} ${what}: ${why}.`, { hint });
}
