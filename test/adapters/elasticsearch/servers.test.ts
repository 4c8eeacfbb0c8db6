/** What servers of other versions and of OpenSearch answer, as they were seen to; the real ones are tried by hand. */
import { expect, onTestFinished, test } from "vitest";
import { openElastic } from "../../../src/adapters/elasticsearch/index.ts";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import { indexTemplates } from "../../../src/domain/elastic/templates.ts";
import { type Exchange, fakeHttp } from "../../support/fake-http.ts";

const { signal } = new AbortController();

async function server(answers: Readonly<Record<string, (exchange: Exchange) => void>>) {
  const seen: Exchange[] = [];
  const http = await fakeHttp((exchange) => {
    seen.push(exchange);
    const answer = answers[`${exchange.method} ${exchange.url.pathname}`];
    if (answer) answer(exchange);
    else exchange.json({ acknowledged: true });
  });
  onTestFinished(() => http.close());
  const elastic = openElastic({ url: http.url, dataset: "pictl" }, openSecrets({}));
  onTestFinished(() => elastic.close());
  return { seen, elastic };
}

const put = (elastic: Awaited<ReturnType<typeof server>>["elastic"]) =>
  elastic.putTemplates((found) => indexTemplates("pictl", found), signal);

test.each([
  ["Elasticsearch 7.17", { number: "7.17.29" }, "flattened", false],
  ["Elasticsearch 8.19", { number: "8.19.21" }, "flattened", true],
  ["OpenSearch 2.19", { number: "2.19.3", distribution: "opensearch" }, "flat_object", false],
])("%s gets the templates that it takes, in plain JSON", async (_name, version, type, deletes) => {
  const { seen, elastic } = await server({
    "GET /": ({ json }) => {
      json({ version });
    },
  });
  await put(elastic);
  const [, events, ...measures] = seen;
  expect(measures).toHaveLength(2);
  expect(events?.headers).toMatchObject({ "content-type": "application/json", accept: "application/json" });
  expect(events?.body).toContain(`"before":{"type":"${type}"`);
  expect(events?.body.includes("data_retention")).toBe(deletes);
});

test("a login that may not ask which version it is goes on", async () => {
  const { seen, elastic } = await server({
    "GET /": ({ json }) => {
      json({ error: { reason: "no" } }, 403);
    },
  });
  await put(elastic);
  expect(seen).toHaveLength(4);
});

test("something else at that address is told as that", async () => {
  const { elastic } = await server({
    "GET /": ({ json }) => {
      json({ hello: "world" });
    },
  });
  await expect(put(elastic)).rejects.toThrow("is neither an Elasticsearch nor an OpenSearch");
});

test("what is there already is found where a login may not have the index refreshed", async () => {
  const { elastic } = await server({
    "POST /logs-a/_refresh": ({ json }) => {
      json({ error: { reason: "no" } }, 403);
    },
    "POST /logs-a/_search": ({ json }) => {
      json({ hits: { hits: [{ _id: "b" }] } });
    },
  });
  expect(await elastic.known("logs-a", ["a", "b"], signal)).toEqual(new Set(["b"]));
});
