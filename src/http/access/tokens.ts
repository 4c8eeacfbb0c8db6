import { stopForMany } from "../../abort.ts";
import type { Credentials } from "./credentials.ts";
import type { Requester } from "./identity.ts";

/** Who asks with a token. */
export interface Tokens {
  find(token: string): Promise<Requester | undefined>;
  /** Ends the streams of tokens that are gone. */
  sweep(): Promise<void>;
}

export function openTokens(credentials: Credentials): Tokens {
  const used = new Map<string, AbortController>();
  return {
    async find(token) {
      const known = await credentials.token(token);
      if (!known) return undefined;
      const { name, role, digest: key } = known;
      let ended = used.get(key);
      if (!ended) {
        ended = stopForMany();
        used.set(key, ended);
      }
      return { name, role, by: "token", key, ended: ended.signal };
    },
    async sweep() {
      for (const [digest, ended] of used) {
        if (await credentials.isToken(digest)) continue;
        used.delete(digest);
        ended.abort();
      }
    },
  };
}
