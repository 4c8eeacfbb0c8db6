import { randomBytes } from "node:crypto";
import { stopForMany } from "../../abort.ts";
import { digestOf } from "../../app/access/accounts.ts";
import type { AccessState, Clock } from "../../app/ports.ts";
import { maxSessions, type SavedSession, sessionEnd } from "../../domain/access/session.ts";
import type { Credentials, KnownUser } from "./credentials.ts";
import type { Requester } from "./identity.ts";

export interface Sessions {
  /** Logs a user in; the secret is told to nobody but the browser. */
  open(user: KnownUser, by: SavedSession["by"]): Promise<{ readonly secret: string; readonly session: SavedSession }>;
  /** Who has this secret; undefined when the session has ended. It counts as used. */
  find(secret: string): Promise<(Requester & { readonly endsAt: number }) | undefined>;
  /** Ends one, with its streams. */
  end(key: string): Promise<void>;
  /** Ends those that nothing carries any more, with their streams; called again and again. */
  sweep(): Promise<void>;
  /** Writes what only memory has. */
  save(): Promise<void>;
}

export interface SessionsOptions {
  readonly state: AccessState["sessions"];
  readonly credentials: Credentials;
  readonly clock: Pick<Clock, "now">;
  /** Who is logged in by the printed address; undefined when there is none. */
  readonly addressUser: KnownUser;
  readonly warn: (message: string) => void;
}

interface Open extends SavedSession {
  readonly ended: AbortController;
}

/** Reads those of before, so that a restart logs nobody out. */
export async function openSessions(options: SessionsOptions): Promise<Sessions> {
  const { state, clock, credentials, warn } = options;
  const sessions = new Map<string, Open>();
  for (const saved of (await state.read()) ?? []) sessions.set(saved.digest, opened(saved));
  let changed = false;

  const save = async (): Promise<void> => {
    changed = false;
    const saved = [...sessions.values()].map(({ ended: _, ...session }) => session);
    // They are good in memory; the next start asks people to log in again.
    await state.write(saved).catch((error: unknown) => {
      warn((error as Error).message);
    });
  };
  const drop = (session: Open): void => {
    sessions.delete(session.digest);
    session.ended.abort();
  };
  const userOf = async (session: SavedSession): Promise<KnownUser | undefined> => {
    if (clock.now() >= sessionEnd(session)) return undefined;
    const user = session.by === "address" ? options.addressUser : await credentials.user(session.user);
    return user?.proof === session.proof ? user : undefined;
  };

  return {
    async open(user, by) {
      const secret = randomBytes(32).toString("base64url");
      const now = clock.now();
      const session = { digest: digestOf(secret), user: user.name, by, proof: user.proof, openedAt: now, usedAt: now };
      sessions.set(session.digest, opened(session));
      const least = [...sessions.values()].sort((a, b) => a.usedAt - b.usedAt);
      for (const old of least.slice(0, Math.max(0, sessions.size - maxSessions))) drop(old);
      await save();
      return { secret, session };
    },
    async find(secret) {
      const session = sessions.get(digestOf(secret));
      if (!session) return undefined;
      const user = await userOf(session);
      if (!user) {
        drop(session);
        await save();
        return undefined;
      }
      const used = { ...session, usedAt: clock.now() };
      // Another request may have ended it meanwhile.
      if (sessions.has(session.digest)) sessions.set(session.digest, used);
      changed = true;
      const { digest: key, ended } = session;
      return { name: user.name, role: user.role, by: "session", key, ended: ended.signal, endsAt: sessionEnd(used) };
    },
    async end(key) {
      const session = sessions.get(key);
      if (!session) return;
      drop(session);
      await save();
    },
    async sweep() {
      for (const session of sessions.values()) {
        if (await userOf(session)) continue;
        drop(session);
        changed = true;
      }
    },
    async save() {
      if (changed) await save();
    },
  };
}

function opened(session: SavedSession): Open {
  return { ...session, ended: stopForMany() };
}
