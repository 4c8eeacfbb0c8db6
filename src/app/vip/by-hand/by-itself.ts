import { answerWish } from "../../../domain/vip/wish.ts";
import { holdersOf } from "../../../domain/vip/facts.ts";
import { leadWhile } from "../../leadership/index.ts";
import type { ProgressStep, VipPorts, VipReply } from "../../ports.ts";
import { authorityOf } from "../authority.ts";
import type { ByHandInput } from "./by-hand-input.ts";
import { openVip, type Vip } from "../index.ts";
import { openSurvey } from "../observe/survey.ts";

/**
 * Does what a daemon would until the wish has come true, and leaves as one does on a graceful stop: a lease is made to
 * last; `runsOut` says why it could not be. Nobody else on this machine watches the cluster meanwhile; another machine's daemon that leads makes it end at
 * once.
 */
export async function byItself(
  ports: VipPorts,
  input: ByHandInput,
  step: ProgressStep,
): Promise<Pick<VipReply, "before" | "answer"> & { readonly runsOut: string | undefined }> {
  const { config, section, wish } = input;
  const lock = await input.lock();
  try {
    const leadership = await input.lead();
    await leadership.round(config);
    const authority = authorityOf(leadership, () => Promise.resolve(config));
    const survey = openSurvey(ports);
    await survey.look(config);
    const vip = openVip(ports, { state: input.state(section.ip), authority, survey });
    return await leadWhile(
      ports,
      () => leadership.round(config),
      async () => {
        const leave = async (): Promise<string | undefined> => {
          const runsOut = await vip.freeze({ config, section });
          await vip.settled();
          return runsOut;
        };
        const wished = async (): Promise<Pick<VipReply, "before" | "answer">> => {
          await vip.wish(section, wish);
          const end = await tickUntilDone(ports, vip, { input, step });
          // A move that has not come true by now must not come true with the next daemon; a release that has begun lasts.
          if (end.answer.state === "refused" || (end.answer.state === "waiting" && wish !== "release")) {
            await vip.takeBack(section);
          }
          return end;
        };
        const end = await wished().catch(async (error: unknown) => {
          await leave();
          throw error;
        });
        return { ...end, runsOut: await leave() };
      },
    );
  } finally {
    await lock.release();
  }
}

async function tickUntilDone(
  { clock }: VipPorts,
  vip: Vip,
  { input, step }: { readonly input: ByHandInput; readonly step: ProgressStep },
): Promise<Pick<VipReply, "before" | "answer">> {
  const { config, section, wish, waitMs, leave } = input;
  const until = clock.monotonic() + waitMs;
  let before: string | null | undefined;
  for (;;) {
    const end = await vip.tick({ config, section });
    before ??= holdersOf(end.seen)[0] ?? null;
    const answer = answerWish(section, wish, end);
    const left = until - clock.monotonic();
    if (answer.state !== "waiting" || left <= 0 || leave.aborted) return { before, answer };
    step.update(answer.why);
    await clock.sleep(Math.min(left, end.nextMs), leave).catch(() => undefined);
  }
}
