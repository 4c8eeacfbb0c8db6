import { PictlError } from "../../../domain/errors.ts";
import type { FailOverAction } from "../../../domain/heartbeat/decision.ts";
import type { WantedMove } from "../../../domain/heartbeat/facts.ts";
import type { PastMove } from "../../../domain/heartbeat/memory.ts";
import { outdated } from "../../../domain/heartbeat/safeguards/outdated.ts";
import { nodesOf, type Placed } from "../../../domain/leadership/placed.ts";
import type { ConfigStore, HeartbeatPorts } from "../../ports.ts";
import { failOver } from "./fail-over.ts";
import type { OnTheirWay } from "./hosts.ts";
import type { InHand } from "../in-hand.ts";
import type { HeartbeatMemory } from "../memory.ts";
import type { Troubles } from "../troubles.ts";

/** The failovers that go on, which choose their hosts and use them with an eye on each other. */
export interface FailOvers {
  underWay(): readonly WantedMove[];
  isUnderWay(container: string): boolean;
  /** Books the move in the memory, whatever comes of it. Rejects with move-failed when none of the hosts would do, and as `failOver`. */
  carryOut(own: HeartbeatPorts, action: FailOverAction): Promise<void>;
}

export interface FailOverParts {
  readonly store: ConfigStore;
  /** Has the nodes remember where a container is moved to; false: they do not, and it is not to be moved. */
  readonly place: (placed: Omit<Placed, "version">) => Promise<boolean>;
  readonly memory: HeartbeatMemory;
  readonly inHand: InHand;
  readonly troubles: Troubles;
  /** Ports by which changes are made while this daemon leads. */
  readonly bound: (own: HeartbeatPorts) => HeartbeatPorts;
  /** The nodes that neither this machine nor any other node reached in the last round. */
  readonly certainlyDead: () => ReadonlySet<string>;
}

export function openFailOvers({
  store,
  place,
  memory,
  inHand,
  troubles,
  bound,
  certainlyDead,
}: FailOverParts): FailOvers {
  const underWay = new Map<string, WantedMove>();
  const onTheirWay: OnTheirWay = new Map();
  const queues = new Map<string, Promise<unknown>>();

  const oneAtATime = async <T>(host: string, work: () => Promise<T>): Promise<T> => {
    const before = queues.get(host) ?? Promise.resolve();
    const mine = before.then(work, work);
    queues.set(
      host,
      mine.catch(() => undefined),
    );
    return mine;
  };

  /** Asks the role again, and tells whoever leads next: both is one question to the nodes. */
  const commit = async ({ container, from }: FailOverAction): Promise<void> => {
    const host = onTheirWay.get(container)?.host ?? from;
    const { config } = await store.read();
    const nodes = nodesOf(config.placements, container).map((node) => (node === from ? host : node));
    if (await place({ container, nodes: [...nodes].sort() })) return;
    throw new PictlError(
      "superseded",
      "Too few nodes answer to remember where it goes, or another daemon leads by now.",
      { container, node: host, hint: "It is tried again when this daemon is elected." },
    );
  };

  return {
    underWay: () => [...underWay.values()],
    isUnderWay: (container) => underWay.has(container),
    async carryOut(own, action) {
      const { container, from, nodeDead } = action;
      underWay.set(container, { container, from, nodeDead });
      let booked: PastMove | undefined;
      const book = async (moved: boolean): Promise<void> => {
        const known = memory.now();
        const others = known.moves.filter((each) => each !== booked);
        booked = { container, from, at: own.clock.monotonic(), nodeDead, moved };
        await memory.keep({ ...known, moves: [...others, booked] });
      };
      try {
        const outcome = await failOver(bound(own), {
          action,
          undoing: own.nodes,
          store: {
            ...store,
            // Before it is a fact: whoever goes on after a kill must know of it, or would move the container again at once.
            async change(edits) {
              await commit(action);
              await book(true);
              await store.change(edits);
            },
          },
          oneAtATime,
          onTheirWay,
          outdated: () => outdated(action, { isolated: memory.now().isolated !== null, dead: certainlyDead() }),
          meanwhile: (work) => {
            inHand.meanwhile(work);
          },
        });
        if (outcome === "outdated") return;
        const inVain = outcome === "moved" ? undefined : outcome.inVain;
        const trouble = inVain && `failing over was in vain: ${inVain}`;
        troubles.note("failover", { container, node: from }, trouble);
        await book(inVain === undefined);
        if (inVain !== undefined) {
          const hint = `It is tried again; \`pictl log --container ${container}\` tells more.`;
          throw new PictlError("move-failed", `Failing over was in vain. ${inVain}`, { container, node: from, hint });
        }
      } finally {
        underWay.delete(container);
        onTheirWay.delete(container);
      }
    },
  };
}
