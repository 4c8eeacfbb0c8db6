import type { HttpBindings } from "@hono/node-server";
import type { Client } from "../domain/access/client.ts";
import type { Requester } from "./access/identity.ts";

/** What a route finds in hono's context. */
export interface ServerEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Who asks, and by which name of ours. */
    client: Client;
    /** Undefined: nobody has logged in. */
    identity: Requester | undefined;
  };
}
