import type { Client } from "@elastic/elasticsearch";
import type { ElasticDocument, Stored } from "../../app/ports.ts";

/** One `_bulk` of `create`s. Of the answer only what is needed is asked for. */
export async function storeAll(
  client: Client,
  documents: readonly ElasticDocument[],
  signal: AbortSignal,
): Promise<readonly Stored[]> {
  if (documents.length === 0) return [];
  const { items } = await client.bulk(
    {
      operations: documents.flatMap(({ stream, id, body }) => [{ create: { _index: stream, _id: id } }, body]),
      filter_path: ["items.*.status", "items.*.error.type", "items.*.error.reason", "items.*.error.caused_by.reason"],
    },
    { signal },
  );
  return items.map(({ create }) => storedOf(create));
}

interface Item {
  readonly status: number;
  readonly error?: { readonly reason?: string | null; readonly caused_by?: { readonly reason?: string | null } };
}

function storedOf(item: Item | undefined): Stored {
  const { status = 500, error } = item ?? {};
  // 409: it is there already, from a try whose answer was lost.
  if ((status >= 200 && status < 300) || status === 409) return { state: "stored" };
  const reason = [error?.reason, error?.caused_by?.reason]
    .filter((each) => each != null)
    .join(": ")
    .slice(0, 300);
  if (status === 429 || status >= 500 || status === 401 || status === 403) return { state: "busy", status, reason };
  return { state: "refused", reason };
}
