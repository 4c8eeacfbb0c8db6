import { onAbort } from "../abort.ts";
import type { Heartbeat, MayDo, Round } from "../app/heartbeat/index.ts";
import type { Clock } from "../app/ports.ts";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import type { StallWatch } from "./stall.ts";

/** Rounds differ by this share of the interval, so that daemons that started together do not stay together. */
const jitter = 0.1;

/**
 * The heartbeat's loop: one round after the other, each an interval after the last began and never overlapping; `wake`
 * asks for one at once. Ends when `leave` is aborted; rejects with state-write-failed and what is a bug.
 */
export async function beat(options: {
  readonly heartbeat: Pick<Heartbeat, "round">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly stalls: StallWatch;
  readonly leave: AbortSignal;
  readonly wake: (listener: () => void) => void;
  readonly config: () => Promise<Config>;
  /** What is wrong with the config file, so that the config is an older one. */
  readonly configProblem: () => string | undefined;
  /** What may be done in this round. */
  readonly mayDo: (config: Config) => MayDo;
  readonly onTurn: (config: Config) => void;
  readonly onRound: (round: Round, config: Config) => Promise<void>;
}): Promise<void> {
  const { heartbeat, clock, stalls, leave } = options;
  let nap = new AbortController();
  const getUp = (): void => {
    nap.abort();
  };
  options.wake(getUp);
  onAbort(leave, getUp);
  while (!leave.aborted) {
    const startedAt = clock.monotonic();
    nap = new AbortController();
    const config = await options.config();
    const { intervalMs, automatic } = config.heartbeat;
    options.onTurn(config);
    if (automatic) {
      try {
        // A pause between rounds ages the counts; one in the middle of a round makes every deadline pass at once.
        const slept = stalls.stood(1.5 * intervalMs);
        const stalled = (): boolean => stalls.stood(intervalMs / 2) || slept;
        const round = { config, mayDo: options.mayDo(config), stalled, configProblem: options.configProblem() };
        await options.onRound(await heartbeat.round(round), config);
      } catch (error) {
        if (error instanceof PictlError && error.code === "interrupted") return;
        throw error;
      }
    }
    const until = startedAt + intervalMs * (1 + jitter * (2 * options.random() - 1));
    await clock.sleep(Math.max(0, until - clock.monotonic()), nap.signal).catch(() => undefined);
  }
}
