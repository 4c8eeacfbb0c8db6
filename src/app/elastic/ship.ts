import { createHash } from "node:crypto";
import { eventDocument } from "../../domain/elastic/event-document.ts";
import { elasticError } from "../../domain/elastic/failure.ts";
import { streamsOf } from "../../domain/elastic/streams.ts";
import { indexTemplates } from "../../domain/elastic/templates.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Config, ElasticSection } from "../../domain/config/types.ts";
import type { Elastic, ElasticDocument, EventFeed, LogEntry, LogPosition, SavedShipping, StateFile } from "../ports.ts";

export interface ShipInput {
  readonly elastic: Elastic;
  readonly feed: EventFeed;
  readonly state: StateFile<SavedShipping>;
  /** Only one process at a time ships. Rejects with lock-held. */
  readonly lock: (waitMs: number) => Promise<{ release(): Promise<void> }>;
  /** pictl's. */
  readonly version: string;
}

export interface Shipped {
  /** Events that are there now. */
  readonly events: number;
  /** What Elasticsearch does not take, for ever: why, in its words. */
  readonly refused: readonly string[];
  /** Events were rotated away before they were shipped. */
  readonly gap: boolean;
}

export interface ShipWish {
  readonly config: Config;
  readonly section: ElasticSection;
  readonly waitMs: number;
  /** The last try of this process was answered, so that nothing beyond the cursor can be there already. */
  readonly answered: boolean;
}

/** Events of one request; more at once is not quicker, and larger to send again. */
const batch = 500;
/** Its size, since an event may have a page of words. */
const batchBytes = 4 * 1024 * 1024;

/**
 * Ships everything that the event log has beyond the cursor, batch by batch. The cursor moves when a whole batch is there;
 * a batch that was sent and not answered is sent again under the same ids, and is there once. Rejects with
 * elasticsearch-failed or -forbidden, lock-held, state-write-failed and as the feed does; what was shipped before stays shipped.
 */
export async function ship(what: ShipWish, input: ShipInput, signal: AbortSignal): Promise<Shipped> {
  const lock = await input.lock(what.waitMs);
  try {
    return await shipAll(what, input, signal);
  } finally {
    await lock.release();
  }
}

async function shipAll(
  { config, section, answered }: ShipWish,
  input: ShipInput,
  signal: AbortSignal,
): Promise<Shipped> {
  const { elastic, feed, state } = input;
  let position = (await state.read())?.position;
  const shipped = { events: 0, refused: [] as string[], gap: false };
  let mayBeThere = !answered;
  for (;;) {
    const { entries, next, gap } = await feed.after(position, batch);
    shipped.gap ||= gap;
    if (shipped.events === 0 && entries.length > 0) await prepare(elastic, section, signal);
    for (const documents of bySize(entries.map((entry) => documentOf(entry, { config, section, ...input })))) {
      const missing = mayBeThere ? await notThere(elastic, documents, signal) : documents;
      const refused = await store(section, { elastic, documents: missing }, signal);
      shipped.refused.push(...refused);
      shipped.events += documents.length - refused.length;
    }
    // Only the first batch can have been sent before.
    mayBeThere = false;
    if (!isSame(position, next)) await state.write({ position: next });
    position = next;
    if (entries.length < batch) return shipped;
  }
}

function isSame(one: LogPosition | undefined, other: LogPosition | undefined): boolean {
  return one?.file === other?.file && one?.at === other?.at;
}

/**
 * Without what an earlier try has left there. An id counts in each index of a stream alone, so that after a rollover
 * `create` would store it once more. A login that may write and no more goes without this.
 */
async function notThere(
  elastic: Elastic,
  documents: readonly ElasticDocument[],
  signal: AbortSignal,
): Promise<readonly ElasticDocument[]> {
  const [first] = documents;
  if (!first) return documents;
  const ids = documents.map(({ id }) => id);
  try {
    const known = await elastic.known(first.stream, ids, signal);
    return documents.filter(({ id }) => !known.has(id));
  } catch (error) {
    if (isForbidden(error)) return documents;
    throw error;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof PictlError && error.code === "elasticsearch-forbidden";
}

/** Who may write and no more goes on with the templates that somebody else has put there (`pictl kibana --setup`). */
async function prepare(elastic: Elastic, section: ElasticSection, signal: AbortSignal): Promise<void> {
  try {
    await elastic.putTemplates((server) => indexTemplates(section.dataset, server), signal);
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
}

function documentOf(
  { event, file, at }: LogEntry,
  { config, section, version }: { readonly config: Config; readonly section: ElasticSection; readonly version: string },
): ElasticDocument {
  const { cluster } = config;
  const { dataset } = section;
  const id = createHash("sha256")
    .update(`${cluster}\0${file}\0${String(at)}`)
    .digest("base64url")
    .slice(0, 27);
  const body = JSON.stringify(eventDocument(event, { id, sequence: at, dataset, cluster, version }));
  return { stream: streamsOf({ dataset, cluster }).events, id, body };
}

function* bySize(documents: readonly ElasticDocument[]): Generator<readonly ElasticDocument[]> {
  let part: ElasticDocument[] = [];
  let bytes = 0;
  for (const document of documents) {
    const size = document.body.length;
    if (part.length > 0 && bytes + size > batchBytes) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(document);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Resolves to why some are refused for good. Rejects when one has to be sent again. */
async function store(
  { url }: ElasticSection,
  { elastic, documents }: { readonly elastic: Elastic; readonly documents: readonly ElasticDocument[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const outcomes = await elastic.store(documents, signal);
  const busy = outcomes.find((outcome) => outcome.state === "busy");
  if (busy) throw elasticError(url, { kind: "answer", status: busy.status, type: "", reason: busy.reason });
  return outcomes.flatMap((outcome) => (outcome.state === "refused" ? [outcome.reason] : []));
}
