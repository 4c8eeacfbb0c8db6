import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { copiesOf } from "../../domain/place/names.ts";
import { leftover } from "../../domain/place/steps.ts";
import { fanOut } from "../kit/fan-out.ts";
import { withLocks } from "../kit/locks.ts";
import { observer } from "../kit/observe/observer.ts";
import { settleMoves } from "../move/settle.ts";
import { settleReplacement } from "../place/settle.ts";
import type { Ports } from "../ports.ts";

interface Settling {
  readonly config: Config;
  readonly only?: ReadonlySet<string> | undefined;
  readonly waitMs: number;
}

/**
 * Finishes or undoes what was cut off, so that what is planned then can be done. What cannot be settled is left, and told by
 * the plan. Rejects with interrupted.
 */
export async function settleFirst(ports: Ports, { config, only, waitMs }: Settling): Promise<void> {
  const moving = [...new Set((await ports.journal.read()).map(({ container }) => container))];
  const chosen = moving.filter((container) => only?.has(container) ?? true);
  await Promise.all(chosen.map((container) => settleMoves(ports, config, container, { waitMs }).catch(unlessOurs)));
  const observe = observer(ports, config);
  const found = await fanOut(ports, config.placements, {
    place: ({ container, node }) => ({ container, node }),
    work: async (placement) => {
      const { container, node } = placement;
      if (only?.has(container) === false) return [];
      const there = (await observe.soon(node)) ?? [];
      return leftover(copiesOf(there, container, config.cluster)) === "nothing" ? [] : [placement];
    },
  });
  const placements = found.results.flat();
  if (placements.length === 0) return;
  await withLocks(ports, { config, placements, waitMs, dryRun: false }, (locked) =>
    fanOut(ports, placements, {
      place: ({ container, node }) => ({ container, node }),
      work: async (placement) => {
        await locked(placement);
        await settleReplacement(ports, { config, placement });
      },
    }),
  );
}

function unlessOurs(error: unknown): void {
  if (!(error instanceof PictlError) || error.code === "interrupted") throw error;
}
