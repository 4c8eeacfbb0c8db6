import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import type { SavedSession } from "../../src/domain/access/session.ts";
import { digestOf } from "../../src/app/access/accounts.ts";
import { type KnownUser, openCredentials } from "../../src/http/access/credentials.ts";
import { openSessions, type Sessions } from "../../src/http/access/sessions.ts";
import { openTokens } from "../../src/http/access/tokens.ts";
import { identifyClient } from "../../src/http/guard/client.ts";

const hour = 3_600_000;
const anna: KnownUser = { name: "anna", role: "admin", proof: "of her password" };

/** Sessions on a clock that stands until it is turned. */
async function standing(): Promise<{ sessions: Sessions; turn: (ms: number) => void; kept: () => readonly unknown[] }> {
  let now = Date.parse("2026-01-01T00:00:00Z");
  let kept: readonly SavedSession[] = [];
  const sessions = await openSessions({
    state: {
      read: () => Promise.resolve(kept),
      write: (saved) => {
        kept = saved;
        return Promise.resolve();
      },
    },
    credentials: {
      user: () => Promise.resolve(anna),
    } as unknown as Parameters<typeof openSessions>[0]["credentials"],
    clock: { now: () => now },
    addressUser: anna,
    warn: (message) => {
      throw new Error(message);
    },
  });
  return { sessions, turn: (ms) => (now += ms), kept: () => kept };
}

describe("a session ends", () => {
  test("after 12 hours without use, with its streams", async () => {
    const { sessions, turn, kept } = await standing();
    const { secret } = await sessions.open(anna, "password");
    turn(12 * hour - 1);
    const used = await sessions.find(secret);
    expect(used?.name).toBe("anna");
    turn(12 * hour - 1);
    await sessions.sweep();
    expect(used?.ended.aborted).toBe(false);
    turn(1);
    await sessions.sweep();
    expect(used?.ended.aborted).toBe(true);
    expect(await sessions.find(secret)).toBeUndefined();
    await sessions.save();
    expect(kept()).toEqual([]);
  });

  test("7 days after its login, however much it is used", async () => {
    const { sessions, turn } = await standing();
    const { secret } = await sessions.open(anna, "password");
    for (let count = 0; count < 7 * 24 - 1; count++) {
      turn(hour);
      expect(await sessions.find(secret), String(count)).toBeDefined();
    }
    turn(hour);
    expect(await sessions.find(secret)).toBeUndefined();
  });
});

test("a token ends at its time, with its streams", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const token = "pictl_of-this-test";
  const kept = { name: "ci", role: "viewer", digest: digestOf(token), expiresAt: "2026-01-02T00:00:00.000Z" } as const;
  const credentials = openCredentials({
    accounts: { read: () => Promise.resolve({ users: [], tokens: [kept] }) },
    secrets: {},
    clock: { now: () => now, monotonic: () => now },
    http: () => Promise.resolve(undefined),
    loopback: true,
    warn: (message: string) => {
      throw new Error(message);
    },
  } as unknown as Parameters<typeof openCredentials>[0]);
  const tokens = openTokens(credentials);
  now += 24 * hour - 1;
  const used = await tokens.find(token);
  await tokens.sweep();
  expect([used?.name, used?.ended.aborted]).toEqual(["ci", false]);
  now += 2000;
  await tokens.sweep();
  expect(used?.ended.aborted).toBe(true);
  expect(await tokens.find(token)).toBeUndefined();
});

describe("behind a proxy", () => {
  const doors = { behindProxy: true, trustedProxies: ["192.0.2.1"], names: ["console.example"] };
  const from = (remoteAddress: string, headers: Readonly<Record<string, string>>): IncomingMessage =>
    ({
      socket: { remoteAddress, localAddress: "192.0.2.9" },
      headers: { host: "console.example", ...headers },
    }) as unknown as IncomingMessage;
  const said = { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" };

  test("who comes past it is refused, and what it says of itself is not heard", () => {
    for (const foreign of ["192.0.2.2", "::ffff:192.0.2.2", "2001:db8::1"]) {
      expect(() => identifyClient(from(foreign, said), doors), foreign).toThrow("is reached through its proxy");
    }
    expect(identifyClient(from("127.0.0.1", said), doors)).toMatchObject({ proxied: false, scheme: "http" });
  });

  test("it is heard, but for a host that is none of ours", () => {
    const good = { ...said, "x-forwarded-for": "203.0.113.5", "x-forwarded-host": "console.example" };
    expect(identifyClient(from("::ffff:192.0.2.1", good), doors)).toMatchObject({
      address: "203.0.113.5",
      scheme: "https",
      proxied: true,
    });
    expect(() => identifyClient(from("192.0.2.1", said), doors)).toThrow("names no host of this server");
  });
});
