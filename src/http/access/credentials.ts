import { createHash, timingSafeEqual } from "node:crypto";
import { digestOf } from "../../app/access/accounts.ts";
import { isPassword, looksLikeWork } from "../../app/access/password.ts";
import type { AccessState, Clock, Secrets } from "../../app/ports.ts";
import { type Accounts, isExpired, noAccounts } from "../../domain/access/accounts.ts";
import { isPublicLogin, isPublicToken } from "../../domain/access/exposure.ts";
import type { Role } from "../../domain/access/role.ts";
import type { HttpSection } from "../../domain/config/types.ts";
import type { SecretSource } from "../../domain/config/secrets/secret-source.ts";

/** A user as sessions rest on them. */
export interface KnownUser {
  readonly name: string;
  readonly role: Role;
  /** Another one when the password is another. */
  readonly proof: string;
}

export interface KnownToken {
  readonly name: string;
  readonly role: Role;
  readonly digest: string;
}

/**
 * Who may come in: the accounts of the state folder, and those of the config. What was read is good for a second, so that
 * both may change; a login, and a token that is not known, are not refused by what is older.
 */
export interface Credentials {
  /** Undefined for a wrong password as for an unknown user, and after the same time. */
  login(name: string, password: string): Promise<KnownUser | undefined>;
  user(name: string): Promise<KnownUser | undefined>;
  token(token: string): Promise<KnownToken | undefined>;
  /** Whether a token of this digest is still good. */
  isToken(digest: string): Promise<boolean>;
  hasUsers(): Promise<boolean>;
}

export interface CredentialsOptions {
  readonly accounts: AccessState["accounts"];
  readonly secrets: Pick<Secrets, "read">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** As the config says now; rejects while it is broken. */
  readonly http: () => Promise<HttpSection | undefined>;
  /** The README's credentials are good nowhere but on loopback. */
  readonly loopback: boolean;
  readonly warn: (message: string) => void;
}

interface Known {
  readonly accounts: Accounts;
  readonly fromConfig: {
    readonly token: string | undefined;
    readonly user: { readonly name: string; readonly password: string } | undefined;
  };
}

const goodForMs = 1000;
/** Each takes a thread, of which there are four, and 32 MB. */
const passwordsAtOnce = 2;

export function openCredentials(options: CredentialsOptions): Credentials {
  const { clock, warn } = options;
  let known: { readonly at: number; readonly what: Promise<Known> } | undefined;
  let last: Known = { accounts: noAccounts, fromConfig: { token: undefined, user: undefined } };

  const look = async (): Promise<Known> => {
    // A config that is being edited locks nobody out, and keeps nobody in.
    const tell = (error: unknown): void => {
      warn((error as Error).message);
    };
    const [accounts, config] = await Promise.all([
      options.accounts.read().then((read) => read ?? noAccounts, tell),
      fromConfig(options).catch(tell),
    ]);
    last = { accounts: accounts ?? last.accounts, fromConfig: config ?? last.fromConfig };
    return last;
  };
  const current = (): Promise<Known> => {
    if (!known || clock.monotonic() - known.at > goodForMs) known = { at: clock.monotonic(), what: look() };
    return known.what;
  };
  // Who is not known may have been made a moment ago: one look for all who ask while it is waited for.
  let next: Promise<Known> | undefined;
  const newer = (): Promise<Known> =>
    (next ??= current().then(() => {
      next = undefined;
      known = { at: clock.monotonic(), what: look() };
      return known.what;
    }));
  const turns = inTurns(passwordsAtOnce);

  const credentials: Credentials = {
    async login(name, password) {
      const { accounts, fromConfig } = await newer();
      if (fromConfig.user?.name === name) {
        await turns(() => looksLikeWork(password));
        return isSame(password, fromConfig.user.password) ? credentials.user(name) : undefined;
      }
      const user = accounts.users.find((each) => each.name === name);
      const right = await turns(async () => {
        if (user) return isPassword(password, user.password);
        await looksLikeWork(password);
        return false;
      });
      return right ? credentials.user(name) : undefined;
    },
    async user(name) {
      const { accounts, fromConfig } = await current();
      // Whoever may write the config may do all this anyway.
      if (fromConfig.user?.name === name) return { name, role: "admin", proof: digestOf(fromConfig.user.password) };
      const user = accounts.users.find((each) => each.name === name);
      return user && { name, role: user.role, proof: digestOf(user.password.hash) };
    },
    async token(token) {
      const digest = digestOf(token);
      const among = ({ accounts, fromConfig }: Known): KnownToken | undefined => {
        if (fromConfig.token !== undefined && isSame(token, fromConfig.token)) {
          return { name: "token of the config", role: "admin", digest };
        }
        const found = accounts.tokens.find((each) => isSame(each.digest, digest));
        return found && !isExpired(found, clock.now()) ? found : undefined;
      };
      return among(await current()) ?? among(await newer());
    },
    async isToken(digest) {
      const { accounts, fromConfig } = await current();
      if (fromConfig.token !== undefined && digestOf(fromConfig.token) === digest) return true;
      return accounts.tokens.some((each) => each.digest === digest && !isExpired(each, clock.now()));
    },
    async hasUsers() {
      const { accounts, fromConfig } = await current();
      return accounts.users.length > 0 || fromConfig.user !== undefined;
    },
  };
  return credentials;
}

async function fromConfig({ http, secrets, loopback, warn }: CredentialsOptions): Promise<Known["fromConfig"]> {
  const section = await http();
  const read = async (source: SecretSource | undefined): Promise<string | undefined> => {
    if (!source) return undefined;
    return secrets.read(source).then(
      (secret) => secret.reveal(),
      (error: unknown) => {
        warn((error as Error).message);
        return undefined;
      },
    );
  };
  const token = await read(section?.token);
  const [name, password] = [section?.webUsername, await read(section?.webPassword)];
  return {
    token: token === undefined || (!loopback && isPublicToken(token)) ? undefined : token,
    user:
      name === undefined || password === undefined || (!loopback && isPublicLogin(name, password))
        ? undefined
        : { name, password },
  };
}

/** In the same time, however much of it is right. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Runs at most so many at once; the others wait. */
function inTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
