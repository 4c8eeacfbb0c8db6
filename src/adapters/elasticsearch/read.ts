import type { Client } from "@elastic/elasticsearch";
import { isForbidden } from "../../domain/elastic/failure.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import { faultOf } from "./fault.ts";

const pageSize = 1000;

interface Page {
  readonly events: readonly PictlEvent[];
  /** Where the next page begins; undefined after the last. */
  readonly next: readonly unknown[] | undefined;
}

/** One page of the events as they were written, oldest first. */
export async function readShippedEvents(
  client: Client,
  query: {
    readonly stream: string;
    readonly sinceMs: number | undefined;
    readonly after: readonly unknown[] | undefined;
  },
  signal: AbortSignal,
): Promise<Page> {
  const { stream, sinceMs, after } = query;
  const { hits } = await client.search<{ event?: { original?: string } }>(
    {
      index: stream,
      ignore_unavailable: true,
      allow_no_indices: true,
      size: pageSize,
      _source: ["event.original"],
      query: sinceMs === undefined ? { match_all: {} } : { range: { "@timestamp": { gte: Math.floor(sinceMs) } } },
      sort: [
        { "@timestamp": { order: "asc", unmapped_type: "date" } },
        { "event.sequence": { order: "asc", unmapped_type: "long" } },
        { "event.id": { order: "asc", unmapped_type: "keyword" } },
      ],
      ...(after === undefined ? {} : { search_after: after as string[] }),
    },
    { signal },
  );
  const events = hits.hits.flatMap(({ _source }) => parse(_source?.event?.original));
  return { events, next: hits.hits.length < pageSize ? undefined : hits.hits.at(-1)?.sort };
}

function parse(text: string | undefined): PictlEvent[] {
  try {
    const value = JSON.parse(text ?? "null") as Partial<PictlEvent> | null;
    return typeof value?.time === "string" && typeof value.type === "string" ? [value as PictlEvent] : [];
  } catch {
    return [];
  }
}

/** Which of the ids the stream has, in any of its indices; none where there is no such stream. */
export async function knownIds(
  client: Client,
  { stream, ids }: { readonly stream: string; readonly ids: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const where = { index: stream, ignore_unavailable: true, allow_no_indices: true };
  // What has just been stored is not searched yet; a login that may not change that sees what is a second old.
  await client.indices.refresh(where, { signal }).catch((error: unknown) => {
    if (!isForbidden(faultOf(error))) throw error;
  });
  const { hits } = await client.search(
    {
      ...where,
      size: ids.length,
      _source: false,
      query: { ids: { values: [...ids] } },
    },
    { signal },
  );
  return new Set(hits.hits.flatMap(({ _id }) => _id ?? []));
}
