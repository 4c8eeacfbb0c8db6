import type { Client } from "@elastic/elasticsearch";
import { isForbidden } from "../../domain/elastic/failure.ts";
import { type ElasticServer, newestServer, serverOf } from "../../domain/elastic/server.ts";
import { faultOf } from "./fault.ts";

/** Asks what it is; undefined for what is something else. A login that may not know gets the templates of the newest. */
export async function whichServer(client: Client, signal: AbortSignal): Promise<ElasticServer | undefined> {
  try {
    const { version } = (await client.info({}, { signal })) as { readonly version?: object };
    return typeof version === "object" ? serverOf(version) : undefined;
  } catch (error) {
    if (isForbidden(faultOf(error))) return newestServer;
    throw error;
  }
}
