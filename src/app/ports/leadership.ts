import type { LeadershipMemory } from "../../domain/leadership/judge.ts";
import type { Nodes } from "./connection.ts";
import type { StateFile } from "./state.ts";

/** What a daemon needs to find out whether it leads. */
export interface LeadershipState {
  readonly memory: StateFile<SavedLeadership>;
  /** Tells this machine from others: a state folder that was copied to another one is another owner there. */
  readonly machine: string;
  readonly newOwner: () => string;
  /** Connections on which no other command can hold up a claim. */
  readonly nodes: Nodes;
}

export interface SavedLeadership extends LeadershipMemory {
  /** Empty for what was copied or put back from a backup. */
  readonly machine: string;
}
