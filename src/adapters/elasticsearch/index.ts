import type { Client, ClientOptions } from "@elastic/elasticsearch";
import type { Elastic, Secrets } from "../../app/ports.ts";
import type { ElasticSection } from "../../domain/config/types.ts";
import { elasticError } from "../../domain/elastic/failure.ts";
import { PictlError } from "../../domain/errors.ts";
import { caText } from "./ca.ts";
import { faultOf } from "./fault.ts";
import { knownIds, readShippedEvents } from "./read.ts";
import { whichServer } from "./server.ts";
import { storeAll } from "./store.ts";

const requestTimeoutMs = 30_000;

/** Connects to nothing: the client is loaded and made with the first request, with the secrets as they are then. */
export function openElastic(section: ElasticSection, secrets: Secrets): Elastic {
  let opened: Promise<Client> | undefined;
  const asking = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    opened ??= openClient(section, secrets);
    try {
      return await work(await opened);
    } catch (error) {
      // So that a password, a CA or an address that was put right counts at the next try.
      const failed = opened;
      opened = undefined;
      await failed.then((client) => client.close()).catch(() => undefined);
      if (error instanceof PictlError) throw error;
      // The client's error has the whole request in it, with the login: nothing of it goes on.
      throw elasticError(section.url, faultOf(error));
    }
  };
  return {
    store: (documents, signal) => asking((client) => storeAll(client, documents, signal)),
    known: (stream, ids, signal) => asking((client) => knownIds(client, { stream, ids }, signal)),
    putTemplates: (templates, signal) =>
      asking(async (client) => {
        const server = await whichServer(client, signal);
        if (!server) throw elasticError(section.url, { kind: "other-product" });
        for (const { name, body } of templates(server)) {
          await client.indices.putIndexTemplate({ name, ...body }, { signal });
        }
      }),
    async *events(stream, sinceMs, signal) {
      let after: readonly unknown[] | undefined;
      for (;;) {
        const page = await asking((client) => readShippedEvents(client, { stream, sinceMs, after }, signal));
        yield* page.events;
        after = page.next;
        if (after === undefined) return;
      }
    },
    async close() {
      await opened?.then((client) => client.close()).catch(() => undefined);
    },
  };
}

async function openClient({ url, auth, ca }: ElasticSection, secrets: Secrets): Promise<Client> {
  const [{ Client }, transport, tls, login] = await Promise.all([
    import("@elastic/elasticsearch"),
    import("./transport.ts"),
    ca === undefined ? undefined : caText(ca),
    auth && loginOf(auth, secrets),
  ]);
  return new Client({
    node: url,
    ...(login ? { auth: login } : {}),
    ...(tls === undefined ? {} : { tls: { ca: tls } }),
    Transport: transport.PlainTransport,
    // Who asks knows better when to try again.
    maxRetries: 0,
    requestTimeout: requestTimeoutMs,
    redaction: { type: "remove" },
  });
}

async function loginOf(
  auth: NonNullable<ElasticSection["auth"]>,
  secrets: Secrets,
): Promise<NonNullable<ClientOptions["auth"]>> {
  if ("apiKey" in auth) return { apiKey: (await secrets.read(auth.apiKey)).reveal() };
  return { username: auth.username, password: (await secrets.read(auth.password)).reveal() };
}
