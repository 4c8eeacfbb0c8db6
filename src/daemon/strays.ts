import { firstOf } from "../abort.ts";
import type { Authority, VipPorts } from "../app/ports.ts";
import type { Survey } from "../app/vip/observe/survey.ts";
import { openTakingBack } from "../app/vip/take-back.ts";
import type { Config, NodeSpec } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";

/** How often all nodes are looked at, milliseconds; and while there is something to take back. */
const everyMs = 60_000;
const againMs = 5_000;
/** How long a node that has left the config while it had an address is asked to give it back. */
const goneMs = 10 * 60_000;

export interface StrayKeeper {
  /** The config that counts from now on; one with other addresses or nodes is acted on at once. */
  heed(config: Config): void;
  /** Resolves when `leave` was aborted and the round in hand has ended. Rejects with state-write-failed. */
  loop(): Promise<void>;
}

/** Takes back, again and again, what the config no longer knows. */
export function keepNoStrays(
  ports: VipPorts,
  {
    survey,
    authority,
    config,
    leave,
  }: {
    readonly survey: Survey;
    readonly authority: Authority;
    readonly config: () => Promise<Config>;
    readonly leave: AbortSignal;
  },
): StrayKeeper {
  const { clock } = ports;
  const takingBack = openTakingBack(ports, { survey, authority });
  const gone = new Map<string, { readonly node: NodeSpec; readonly since: number }>();
  let known: Config | undefined;
  let hurry = new AbortController();

  const round = async (): Promise<number> => {
    const now = clock.monotonic();
    for (const [name, { since }] of gone) if (now - since > goneMs) gone.delete(name);
    const left = await takingBack.round(
      await config(),
      [...gone.values()].map(({ node }) => node),
    );
    for (const name of gone.keys()) if (survey.latest().get(name)?.given.length === 0) gone.delete(name);
    return left.length > 0 ? againMs : everyMs;
  };

  return {
    heed(next) {
      const before = known;
      known = next;
      if (before === undefined || wordsOf(before) === wordsOf(next)) return;
      for (const { name } of next.nodes) gone.delete(name);
      for (const node of before.nodes) {
        const isGone = !next.nodes.some(({ name }) => name === node.name);
        const had = survey.latest().get(node.name)?.given ?? [];
        if (isGone && had.length > 0) gone.set(node.name, { node, since: clock.monotonic() });
      }
      hurry.abort();
    },
    async loop() {
      try {
        while (!leave.aborted) {
          hurry = new AbortController();
          const waitMs = await round();
          const wake = firstOf([leave, hurry.signal]);
          await clock.sleep(waitMs, wake.signal).catch(() => undefined);
          wake.dispose();
        }
      } catch (error) {
        if (!(error instanceof PictlError && error.code === "interrupted")) throw error;
      }
    },
  };
}

function wordsOf({ vips, nodes }: Config): string {
  return JSON.stringify([vips.map(({ ip, candidates }) => [ip, candidates.map(({ node }) => node)]), nodes]);
}
