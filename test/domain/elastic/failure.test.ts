import { expect, test } from "vitest";
import { faultOf } from "../../../src/adapters/elasticsearch/fault.ts";
import { elasticError } from "../../../src/domain/elastic/failure.ts";

/** As the client's errors are: the whole request hangs on them. */
const thrown = (name: string, parts: object): unknown =>
  Object.assign(new Error("hunter2"), { name, meta: { request: { headers: { authorization: "hunter2" } } }, ...parts });

test.each<[unknown, RegExp]>([
  [
    thrown("ResponseError", { statusCode: 401, body: { error: { type: "security_exception", reason: "no" } } }),
    /refuses the login \(HTTP 401\)/,
  ],
  [
    thrown("ResponseError", { statusCode: 403, body: { error: { reason: "action [x] is unauthorized" } } }),
    /does not allow that \(HTTP 403\): action \[x\] is unauthorized/,
  ],
  [thrown("ResponseError", { statusCode: 429, body: {} }), /is full or busy \(HTTP 429\)\./],
  [
    thrown("ResponseError", {
      statusCode: 400,
      body: { error: { reason: "invalid template", caused_by: { reason: "unknown field [x]" } } },
    }),
    /HTTP 400: invalid template: unknown field \[x\]\./,
  ],
  [thrown("ResponseError", { statusCode: 503, body: "<html>" }), /answered with HTTP 503\./],
  [thrown("TimeoutError", {}), /did not answer in time/],
  [thrown("ConnectionError", { message: "connect ECONNREFUSED 127.0.0.1:9200" }), /nothing listens there/],
  [thrown("ConnectionError", { message: "getaddrinfo ENOTFOUND es" }), /does not resolve/],
  [
    thrown("ConnectionError", { message: "self-signed certificate in certificate chain" }),
    /vouches for its certificate/,
  ],
  [thrown("ConnectionError", { message: "unable to verify the first certificate" }), /vouches for its certificate/],
  [
    thrown("ConnectionError", { message: "Hostname/IP does not match certificate's altnames" }),
    /certificate is for another name/,
  ],
  [
    thrown("ConnectionError", { message: "other side closed", cause: { code: "UND_ERR_SOCKET" } }),
    /closed the connection/,
  ],
  [undefined, /closed the connection/],
])("%o", (error, message) => {
  const told = elasticError("https://elastic:hunter2@es:9200/", faultOf(error));
  expect(told.message).toMatch(message);
  expect(`${told.message} ${told.hint ?? ""}`).not.toContain("hunter2");
  expect(told).toMatchObject({
    code: expect.stringMatching(/^elasticsearch-/) as string,
    hint: expect.any(String) as string,
  });
});

test.each<[number, string]>([
  [403, "elasticsearch-forbidden"],
  [401, "elasticsearch-failed"],
  [429, "elasticsearch-failed"],
])("HTTP %i has the code %s, whatever the words are", (status, code) => {
  expect(elasticError("https://es:9200", { kind: "answer", status, type: "", reason: "nein" }).code).toBe(code);
});
