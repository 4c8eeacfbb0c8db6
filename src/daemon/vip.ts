import type { Leadership } from "../app/leadership/index.ts";
import type { Clock, SavedVip, StateFile, VipPorts, VipReply, VipRequests } from "../app/ports.ts";
import { authorityOf } from "../app/vip/authority.ts";
import { openVip, type Vip } from "../app/vip/index.ts";
import { openSurvey } from "../app/vip/observe/survey.ts";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import { holdersOf } from "../domain/vip/facts.ts";
import type { VipWish } from "../domain/vip/memory.ts";
import { answerWish } from "../domain/vip/wish.ts";
import { keepNoStrays } from "./strays.ts";

/** Requests by hand are looked for so often. */
const requestPollMs = 250;

export interface VipKeeping {
  readonly leadership: Leadership;
  readonly state: (ip: string) => StateFile<SavedVip>;
  readonly requests: VipRequests;
  /** Our process id, by which requests name us. */
  readonly pid: number;
  readonly leave: AbortSignal;
  readonly config: () => Promise<Config>;
  /** A loop has failed: the daemon cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps every virtual IP of the config, each in a loop of its own, and takes back those that have left it. */
export interface VipKeeper {
  /** Begins with those of the config that are not kept yet. */
  keep(config: Config): void;
  /** Resolves when all loops have ended after `leave`. */
  readonly ended: () => Promise<void>;
}

export function keepVips(ports: VipPorts, keeping: VipKeeping): VipKeeper {
  const { leadership, state, leave, config } = keeping;
  const loops = new Map<string, Promise<void>>();
  const survey = openSurvey(ports);
  const authority = authorityOf(leadership, config);
  const strays = keepNoStrays(ports, { survey, authority, config, leave });
  let taking: Promise<void> | undefined;
  return {
    keep(current) {
      taking ??= strays.loop().catch(keeping.onFailure);
      strays.heed(current);
      for (const { ip } of current.vips) {
        if (loops.has(ip) || leave.aborted) continue;
        const vip = openVip(ports, { state: state(ip), authority, survey });
        const loop = holdVip({ ...keeping, ip, vip, clock: ports.clock })
          .catch(keeping.onFailure)
          .finally(() => loops.delete(ip));
        loops.set(ip, loop);
      }
    },
    async ended() {
      await Promise.all([...loops.values(), taking]);
    },
  };
}

/**
 * The loop of one virtual IP: a tick, then a wait that ends early when somebody wants something by hand. When `leave`
 * is aborted the tick in hand ends, and a lease is made to last. Rejects with state-write-failed and what is a bug.
 */
async function holdVip(
  options: Pick<VipKeeping, "leave" | "config" | "requests" | "pid"> & {
    readonly ip: string;
    readonly vip: Vip;
    readonly clock: Clock;
  },
): Promise<void> {
  const { ip, vip, clock, leave, requests } = options;
  let taken: string | undefined;
  let open: { readonly wish: VipWish; readonly reply: Omit<VipReply, "answer"> } | undefined;
  const sectionOf = (config: Config) => config.vips.find((each) => each.ip === ip);
  try {
    while (!leave.aborted) {
      const config = await options.config();
      const section = sectionOf(config);
      if (!section) return;
      const request = await take();
      if (request) await vip.wish(section, request.wish);
      const end = await vip.tick({ config, section });
      if (request) open = { wish: request.wish, reply: { id: request.id, before: holdersOf(end.seen)[0] ?? null } };
      if (open) {
        const answer = answerWish(section, open.wish, end);
        if (answer.state === "refused") await vip.takeBack(section);
        await requests.reply(ip, { ...open.reply, answer });
        if (answer.state !== "waiting") open = undefined;
      }
      await pause(end.nextMs);
    }
    const config = await options.config();
    const section = sectionOf(config);
    if (section) await vip.freeze({ config, section });
    await vip.settled();
  } catch (error) {
    if (!(error instanceof PictlError && error.code === "interrupted")) throw error;
  }

  /** A request that is meant for this daemon. */
  async function meant() {
    const request = await requests.read(ip);
    return request?.daemon === options.pid && request.id !== taken ? request : undefined;
  }

  /** Takes it: who waits for it finds a reply from then on. */
  async function take() {
    const request = await meant();
    if (!request) return undefined;
    const answer = { state: "waiting", why: "the daemon has begun" } as const;
    await requests.reply(ip, { id: request.id, before: null, answer });
    await requests.withdraw(ip);
    // It stays where nothing can be removed.
    taken = request.id;
    return request;
  }

  async function pause(ms: number): Promise<void> {
    const until = clock.monotonic() + ms;
    while (!leave.aborted && !(await meant())) {
      const left = until - clock.monotonic();
      if (left <= 0) return;
      await clock.sleep(Math.min(left, requestPollMs), leave).catch(() => undefined);
    }
  }
}
