/** What answers at the address: its kind and version decide what an index template may say. */
export interface ElasticServer {
  readonly product: "elasticsearch" | "opensearch";
  readonly major: number;
  readonly minor: number;
}

/** As far as nobody says otherwise. */
export const newestServer: ElasticServer = { product: "elasticsearch", major: 9, minor: 0 };

/** Of what `GET /` answers with in `version`. */
export function serverOf({
  number,
  distribution,
}: {
  readonly number?: unknown;
  readonly distribution?: unknown;
}): ElasticServer {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(typeof number === "string" ? number : "") ?? [];
  if (major === undefined) return newestServer;
  const product = distribution === "opensearch" ? "opensearch" : "elasticsearch";
  return { product, major: Number(major), minor: Number(minor) };
}

/** Elasticsearch deletes what is old by itself from 8.11 on, if the template says when. */
export function deletesByItself({ product, major, minor }: ElasticServer): boolean {
  return product === "elasticsearch" && (major > 8 || (major === 8 && minor >= 11));
}
