import type { PictlEvent } from "../../domain/events/event.ts";
import type { IndexTemplate } from "../../domain/elastic/templates.ts";
import type { ElasticServer } from "../../domain/elastic/server.ts";
import type { LogPosition } from "./state.ts";

export interface ElasticDocument {
  /** The data stream. */
  readonly stream: string;
  readonly id: string;
  /** JSON in one line. */
  readonly body: string;
}

/** What became of a document: it is there (also when it was before), it may be sent again, or it is taken never. */
export type Stored =
  | { readonly state: "stored" }
  | { readonly state: "busy"; readonly status: number; readonly reason: string }
  | { readonly state: "refused"; readonly reason: string };

/**
 * An Elasticsearch. Each rejects with elasticsearch-forbidden where the login may not do it and with elasticsearch-failed
 * otherwise, without a word of the request, and when `signal` aborts.
 */
export interface Elastic {
  /** Nothing comes twice: what is there under its id counts as stored. In the order of the documents. */
  store(documents: readonly ElasticDocument[], signal: AbortSignal): Promise<readonly Stored[]>;
  /** Those of the ids that the stream has, in any of its indices: `store` only knows those of the newest. */
  known(stream: string, ids: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** `templates` makes them for the server that is there; a login that may not ask which is told of as of the newest. */
  putTemplates(templates: (server: ElasticServer) => readonly IndexTemplate[], signal: AbortSignal): Promise<void>;
  /** Events from a moment on, oldest first; none where there is no such stream. */
  events(stream: string, sinceMs: number | undefined, signal: AbortSignal): AsyncIterable<PictlEvent>;
  close(): Promise<void>;
}

export interface Kibana {
  /** Imports saved objects in the place of what is there; how many. Rejects with elasticsearch-failed or -forbidden. */
  importObjects(ndjson: string): Promise<number>;
}

/** How far the event log is shipped. */
export interface SavedShipping {
  readonly position: LogPosition | undefined;
}
