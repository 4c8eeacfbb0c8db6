import type { Role } from "../../domain/access/role.ts";

/** Somebody who has shown who they are. */
export interface Requester {
  readonly name: string;
  readonly role: Role;
  readonly by: "session" | "token";
  /** What its streams are counted by: the session's or the token's digest. */
  readonly key: string;
  /** Aborts when the session ends, or what it rests on: its streams end with it. */
  readonly ended: AbortSignal;
}
