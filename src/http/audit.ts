import { record } from "../app/kit/record.ts";
import type { Ports } from "../app/ports.ts";
import type { Client } from "../domain/access/client.ts";
import type { Face } from "../domain/events/event.ts";
import type { Requester } from "./access/identity.ts";

/** The event log, for who comes in and who may not. */
export interface Audit {
  opened(who: string, by: "password" | "address", client: Client): Promise<void>;
  closed(who: string, client: Client): Promise<void>;
  /** A login that failed. */
  refused(who: string, client: Client, why: string): Promise<void>;
  /** Something that was asked for and is not allowed. */
  denied(what: string, identity: Requester | undefined, client: Client, why: string): Promise<void>;
}

/** An attacker can make as many of these as there are requests; so many a minute are written of one address. */
const refusalsAMinute = 20;

export function openAudit(ports: Pick<Ports, "events" | "clock">): Audit {
  let minute = 0;
  const told = new Map<string, number>();
  const write = async (type: string, who: string, client: Client, more: object = {}): Promise<void> => {
    const { face = "web" } = more as { readonly face?: Face };
    const actor = { who, cause: "pictl serve", face, address: client.address };
    await record({ ...ports, actor }, { type, ...more });
  };
  const limited = async (type: string, who: string, client: Client, more: object): Promise<void> => {
    const now = Math.floor(ports.clock.monotonic() / 60_000);
    if (now !== minute) told.clear();
    minute = now;
    const count = (told.get(client.address) ?? 0) + 1;
    told.set(client.address, count);
    if (count < refusalsAMinute) await write(type, who, client, more);
    else if (count === refusalsAMinute) {
      const error = `${(more as { error: string }).error} More of this address are not written for a minute.`;
      await write(type, who, client, { ...more, error });
    }
  };
  return {
    opened: (who, by, client) => write("session.opened", who, client, { after: { by } }),
    closed: (who, client) => write("session.closed", who, client),
    refused: (who, client, error) => limited("session.refused", who.slice(0, 64), client, { error }),
    denied: (what, identity, client, error) =>
      limited("request.denied", identity?.name ?? "nobody", client, {
        before: { what: what.slice(0, 200), ...(identity ? { role: identity.role } : {}) },
        error,
        face: faceOf(identity),
      }),
  };
}

/** People in the console, and scripts. */
export function faceOf(identity: Requester | undefined): Face {
  return identity?.by === "session" ? "web" : "api";
}
