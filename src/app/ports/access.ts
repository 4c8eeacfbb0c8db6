import type { Accounts } from "../../domain/access/accounts.ts";
import type { SavedSession } from "../../domain/access/session.ts";
import type { SharedState, StateFile } from "./state.ts";

/** Who may come in over HTTP, as it lies in the state folder; nobody but its owner can read it. */
export interface AccessState {
  readonly accounts: SharedState<Accounts>;
  readonly sessions: StateFile<readonly SavedSession[]>;
  /** The certificate that was made here, and its key, in PEM. */
  readonly certificate: StateFile<{ readonly cert: string; readonly key: string }>;
}
