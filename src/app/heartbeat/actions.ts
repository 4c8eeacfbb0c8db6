import type { Config } from "../../domain/config/types.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import type { Action } from "../../domain/heartbeat/decision.ts";
import type { WantedMove } from "../../domain/heartbeat/facts.ts";
import { safety } from "../../domain/safety.ts";
import { leased } from "../leadership/leased.ts";
import type { HeartbeatPorts } from "../ports.ts";
import { cleanUp } from "./clean-up.ts";
import { type FailOverParts, openFailOvers } from "./fail-over/fail-overs.ts";
import { type OpenMove, settleQuietly } from "./open-moves.ts";
import { repair } from "./repair.ts";

/** `repairs`: restart what fails where it is, but move and remove nothing. */
export type Permission = "everything" | "repairs";

/** What rounds begin, which goes on during the next ones: one thing after the other on a container, and only while it may be done. */
export interface Actions {
  /** Resolves, when all of it has ended, to what went wrong. Never rejects. */
  begin(config: Config, decided: Decided): Promise<readonly Failure[]>;
  /** The failovers that go on. */
  underWay(): readonly WantedMove[];
  /** The containers of which something is being done that dead nodes keep from ever ending. */
  hopeless(dead: ReadonlySet<string>): readonly string[];
}

/** What a round asks for. */
interface Decided {
  readonly actions: readonly Action[];
  /** Moves that were cut off, and are to be finished or undone. */
  readonly moves: readonly OpenMove[];
  readonly dead: ReadonlySet<string>;
  readonly mayDo: Permission;
}

const repairs: ReadonlySet<Action["do"]> = new Set<Action["do"]>(["start", "restart", "create"]);

/** `lease`: our monotonic time until which this may be done, asked before each change. */
export function openActions({
  lease,
  ...parts
}: Omit<FailOverParts, "bound"> & { readonly lease: (what: Permission) => number }): Actions {
  const { inHand, troubles } = parts;

  const bound = (own: HeartbeatPorts, what: Permission): HeartbeatPorts =>
    safety.lease ? { ...own, nodes: leased(own.nodes, () => lease(what)) } : own;

  const failOvers = openFailOvers({ ...parts, bound: (own) => bound(own, "everything") });

  const carryOut = async (own: HeartbeatPorts, config: Config, action: Action): Promise<void> => {
    switch (action.do) {
      case "clean-up":
        return cleanUp(bound(own, "everything"), { config, copy: action });
      case "fail-over":
        return failOvers.carryOut(own, action);
      default:
        return noting(action, () => repair(bound(own, "repairs"), { config, action }));
    }
  };

  const noting = async (
    action: Extract<Action, { readonly node: string }>,
    work: () => Promise<void>,
  ): Promise<void> => {
    try {
      await work();
      troubles.note("repair", action, undefined);
    } catch (error) {
      troubles.note("repair", action, `${action.do} was in vain: ${toFailure(error).message}`);
      throw error;
    }
  };

  return {
    async begin(config, { actions, moves, dead, mayDo }) {
      const all = mayDo === "everything";
      const settled = (all ? moves : []).map(({ container, cause }) =>
        inHand.begin(container, { cause }, (own) =>
          settleQuietly(bound(own, "everything"), { config, container, dead }),
        ),
      );
      const done = actions
        .filter((action) => all || repairs.has(action.do))
        .map((action) =>
          inHand.begin(action.container, { cause: action.cause, needs: neededBy(action) }, (own) =>
            carryOut(own, config, action),
          ),
        );
      return (await Promise.all([...settled, ...done])).flat();
    },
    underWay: () => failOvers.underWay(),
    hopeless: (dead) => inHand.needing(dead).filter((container) => !failOvers.isUnderWay(container)),
  };
}

function neededBy(action: Action): string | undefined {
  if (action.do === "fail-over") return action.nodeDead ? undefined : action.from;
  return action.node;
}
