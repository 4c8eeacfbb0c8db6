import { firstOf } from "../../abort.ts";
import { toFailure } from "../../domain/errors.ts";
import { deniesUs } from "../../domain/ssh/connect/refusal.ts";
import { Bell } from "./bell.ts";
import { type DockerWatch, watchDocker } from "./docker/index.ts";
import { type NodeFeed, spread } from "./feed.ts";
import { takePulses } from "./pulses.ts";
import { measureUses } from "./uses.ts";

/** After a node was lost, and up to `longestAgainMs` while it stays so. */
const againMs = 1000;
const longestAgainMs = 10_000;
/** One that refuses us is asked seldom: each try may count against us there (fail2ban), and a person has to act first. */
const refusedAgainMs = 150_000;

export interface NodeFeedWatch {
  /** Looks at it now. Resolves when that has ended, well or not. Never rejects. */
  refresh(): Promise<void>;
  /** Somebody watches other containers. */
  watchedOthers(): void;
  /** Until the signal aborts. Never rejects. */
  run(): Promise<void>;
}

/** Everything that is known of one node: while it answers its pulses, its Docker is watched; else it is tried again. */
export function watchNode(feed: NodeFeed): NodeFeedWatch {
  const { ports, board, node } = feed;
  const { clock, signal } = ports;
  const [again, pulse, uses] = [new Bell(clock), new Bell(clock), new Bell(clock)];
  let docker: DockerWatch | undefined;
  let asked: (() => void)[] = [];

  /** Rejects with why the node was lost. */
  const attend = async (): Promise<never> => {
    const stop = new AbortController();
    const either = firstOf([signal, stop.signal]);
    const own = { ...feed, ports: { ...ports, signal: either.signal } };
    try {
      return await new Promise<never>((_resolve, reject) => {
        const pulses = takePulses(own, pulse, () => {
          if (docker) return;
          docker = watchDocker(own, () => {
            pulse.ring();
          });
          docker.run().catch(reject);
          for (const heard of asked) void docker.refresh().then(heard);
          asked = [];
          measureUses(own, uses).catch(reject);
        });
        pulses.catch(reject);
      });
    } finally {
      docker = undefined;
      stop.abort(signal.aborted ? signal.reason : new Error(`${node.name} was lost`));
      either.dispose();
    }
  };
  return {
    async refresh() {
      if (signal.aborted) return;
      pulse.ring();
      again.ring();
      if (docker) await docker.refresh();
      else await new Promise<void>((resolve) => asked.push(resolve));
    },
    watchedOthers: () => {
      uses.ring();
    },
    async run() {
      for (let pauseMs = againMs; ;) {
        const begunAt = clock.monotonic();
        try {
          await attend();
        } catch (error) {
          for (const heard of asked) heard();
          asked = [];
          if (signal.aborted) return;
          const failure = toFailure(error, { node: node.name });
          board.tell({ kind: "node-lost", node: node.name, failure, atMs: clock.now() });
          const lasted = clock.monotonic() - begunAt > longestAgainMs;
          pauseMs = lasted ? againMs : Math.min(2 * pauseMs, longestAgainMs);
          await again.wait(spread(feed, deniesUs(failure.code) ? refusedAgainMs : pauseMs), signal);
        }
        if (signal.aborted) return;
      }
    },
  };
}
