/** Where faults happen: a lab, the daemon that looks after it, and the auditor that watches both. */
import { now } from "../auditor/history.ts";
import type { Auditor } from "../auditor/index.ts";
import { unsettled } from "../auditor/rules/settled.ts";
import type { Limits } from "../auditor/rules/violation.ts";
import type { Daemon } from "../support/daemon.ts";
import type { TestLab } from "../support/test-lab.ts";

export interface Stage {
  readonly lab: TestLab;
  readonly daemon: Daemon;
  readonly auditor: Auditor;
  readonly limits: Limits;
}

/** Something bad that can be done to a lab, and undone. */
export interface Fault {
  /** As reports name it: `n2: power loss`. */
  readonly name: string;
  /** Nodes, or `controller`, on which nothing can be done while it lasts. */
  readonly blocks: readonly string[];
  /** Nodes, or `config`, where the injector itself changes what the auditor watches. */
  readonly touches?: readonly string[];
  inject(stage: Stage): Promise<void>;
  heal(stage: Stage): Promise<void>;
}

/** Injects, does what there is to be done meanwhile, and heals, whatever comes of it. */
export async function during<T>(stage: Stage, fault: Fault, body: () => Promise<T>): Promise<T> {
  const { auditor } = stage;
  const ends = [auditor.begin("fault", { name: fault.name, nodes: fault.blocks })];
  if (fault.touches !== undefined) ends.push(auditor.begin("by-hand", { name: fault.name, nodes: fault.touches }));
  try {
    await fault.inject(stage);
    return await body();
  } finally {
    await fault.heal(stage);
    for (const end of ends) end();
  }
}

/** Several as one: each begins after the one before it, and they are healed the other way round. */
export function all(more: string, faults: readonly [Fault, ...Fault[]]): Fault {
  const list = (of: (fault: Fault) => readonly string[] | undefined): string[] => [
    ...new Set(faults.flatMap((fault) => of(fault) ?? [])),
  ];
  return {
    name: `${faults[0].name}, ${more}`,
    blocks: list(({ blocks }) => blocks),
    touches: list(({ touches }) => touches),
    inject: async (stage) => {
      for (const fault of faults) await fault.inject(stage);
    },
    heal: async (stage) => {
      for (const fault of [...faults].reverse()) await fault.heal(stage);
    },
  };
}

export interface Patience {
  /** Milliseconds; generous, since other things may use this machine too. */
  readonly withinMs?: number;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

/** Looks until `condition` gives no more problem. Throws with the last one and the daemon's last words. */
export async function until(
  stage: Pick<Stage, "daemon">,
  what: string,
  problem: () => Promise<string | undefined> | string | undefined,
  { withinMs = 60_000, everyMs = 100 }: Patience = {},
): Promise<void> {
  const startedAt = now();
  for (;;) {
    const last = await problem();
    if (last === undefined) return;
    if (now() - startedAt > withinMs) {
      const log = stage.daemon.log().split("\n").slice(-30).join("\n");
      throw new Error(`${what}: not within ${withinMs / 1000} s: ${last}\nThe daemon said:\n${log}`);
    }
    await hold(everyMs);
  }
}

/** Lets so much time pass, for what must not happen in it. */
export function hold(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until everything is as the config says for as long as two ticks, and tells the auditor so. */
export async function settle(stage: Stage, name: string, patience: Patience & { calmMs?: number } = {}): Promise<void> {
  const { auditor, limits } = stage;
  const { calmMs = 1500 } = patience;
  let calmSince: number | undefined;
  await until(
    stage,
    `${name}: settled`,
    async () => {
      const picture = await auditor.picture();
      const [problem] = unsettled(picture, limits, picture.end - 0.001);
      if (problem !== undefined) {
        calmSince = undefined;
        return problem;
      }
      calmSince ??= now();
      return now() - calmSince >= calmMs ? undefined : "not yet for long enough";
    },
    patience,
  );
  auditor.mark("settled", { name });
}
