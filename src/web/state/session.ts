import { signal } from "@preact/signals";
import type { Role } from "../../domain/access/role.ts";
import { type Answer, ask, whenLoggedOut } from "../api.ts";

export interface Session {
  readonly user: string;
  readonly role: Role;
  readonly version: string;
  readonly cluster: string;
  readonly terminal: boolean;
}

/** Undefined: not asked yet; null: nobody has logged in. */
export const session = signal<Session | null | undefined>(undefined);
/** Why the login is shown again. */
export const loginNote = signal("");

interface Described {
  readonly sessions: readonly { readonly user: string; readonly role: Role }[];
  readonly server: { readonly version: string; readonly cluster: string; readonly terminal: boolean };
}

whenLoggedOut(() => {
  if (session.value) loginNote.value = "The session has ended. Log in again.";
  session.value = null;
});

/** Whether somebody is logged in already; by an address with a code in it, somebody is then. */
export async function begin(): Promise<void> {
  const code = /[#&]login=([^&]+)/.exec(location.hash)?.[1];
  if (code !== undefined) {
    // Nobody finds it in the history.
    history.replaceState(null, "", location.pathname);
    const failed = await logIn({ code });
    if (failed === "") return;
    loginNote.value = failed;
  }
  take(await ask<Described>("GET", "session"));
}

/** Logs in; what went wrong, or "". */
export async function logIn(wish: { username: string; password: string } | { code: string }): Promise<string> {
  const answer = await ask<Described>("POST", "session", wish);
  if (!answer.ok)
    return answer.failures.map(({ message, hint }) => [message, hint].filter(Boolean).join(" ")).join(" ");
  loginNote.value = "";
  take(answer);
  return "";
}

export async function logOut(): Promise<void> {
  await ask("DELETE", "session");
  loginNote.value = "";
  session.value = null;
}

/** Whether who is logged in has the role. */
export function may(role: Role): boolean {
  const order: readonly Role[] = ["viewer", "operator", "admin"];
  return order.indexOf(session.value?.role ?? "viewer") >= order.indexOf(role);
}

function take({ ok, result }: Answer<Described>): void {
  const found = ok ? result?.sessions[0] : undefined;
  session.value = found && result ? { ...found, ...result.server } : null;
}
