import { expect, onTestFinished, test } from "vitest";
import { openKibana } from "../../../src/adapters/elasticsearch/kibana.ts";
import type { PictlError } from "../../../src/domain/errors.ts";
import { openSecrets } from "../../../src/adapters/secrets/index.ts";
import { savedObjects } from "../../../src/domain/kibana/saved-objects.ts";
import { type Exchange, fakeHttp } from "../../support/fake-http.ts";

const secrets = openSecrets({ KEY: "hunter2" });
const objects = savedObjects({ dataset: "pictl", cluster: "shop" });

async function kibana(answer: (exchange: Exchange) => void) {
  const seen: Exchange[] = [];
  const server = await fakeHttp((exchange) => {
    seen.push(exchange);
    answer(exchange);
  });
  onTestFinished(() => server.close());
  const opened = openKibana(`${server.url}/base/`, { auth: { apiKey: { from: "env", name: "KEY" } } }, secrets);
  return { seen, opened };
}

test("objects are imported in one form, with what Kibana asks for", async () => {
  const { seen, opened } = await kibana(({ json }) => {
    json({ success: true, successCount: 5 });
  });
  expect(await opened.importObjects(objects)).toBe(5);
  const [{ url, method, headers, body } = { url: undefined }] = seen as Partial<Exchange>[];
  expect([method, url?.pathname, url?.search]).toEqual(["POST", "/base/api/saved_objects/_import", "?overwrite=true"]);
  expect(headers).toMatchObject({ "kbn-xsrf": "true", authorization: "ApiKey hunter2" });
  const [, boundary = ""] = /^multipart\/form-data; boundary=(\S+)$/.exec(String(headers?.["content-type"])) ?? [];
  const [head, file] = (body ?? "").slice(`--${boundary}\r\n`.length).split("\r\n\r\n");
  expect(head).toContain('name="file"; filename="pictl.ndjson"');
  expect(file).toBe(`${objects}\r\n--${boundary}--\r\n`);
});

test.each<[string, (exchange: Exchange) => void, RegExp]>([
  [
    "a login that may not",
    ({ json }) => {
      json({ statusCode: 403, message: "Unable to import" }, 403);
    },
    /HTTP 403\): Unable to import/,
  ],
  [
    "an object that it does not take",
    ({ json }) => {
      json({ success: false, errors: [{ id: "x", error: { type: "missing_references" } }] });
    },
    /HTTP 200\): missing_references \(x\)/,
  ],
  [
    "something else than Kibana",
    ({ response }) => {
      response.end("<html>");
    },
    /HTTP 200\)\.$/,
  ],
  [
    "nobody",
    ({ response }) => {
      response.destroy();
    },
    /cannot be used: it closed the connection/,
  ],
])("%s is a sentence, without the login", async (_what, answer, message) => {
  const { opened } = await kibana(answer);
  const error = (await opened.importObjects(objects).catch((each: unknown) => each)) as PictlError;
  expect(error.message).toMatch(message);
  expect(error.code).toBe(error.message.includes("HTTP 403") ? "elasticsearch-forbidden" : "elasticsearch-failed");
  expect(`${error.message} ${error.hint ?? ""}`).not.toContain("hunter2");
});
