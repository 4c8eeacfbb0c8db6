import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Kibana, Secrets } from "../../app/ports.ts";
import type { ElasticSection } from "../../domain/config/types.ts";
import { withoutPasswords } from "../../domain/config/secrets/redact.ts";
import { PictlError } from "../../domain/errors.ts";
import { whyNoAnswer } from "../../domain/no-answer.ts";
import { caText } from "./ca.ts";

const timeoutMs = 60_000;
const maxAnswerBytes = 1024 * 1024;
const boundary = "pictl-saved-objects";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The Kibana at `url`, with the login and the CA of its Elasticsearch. */
export function openKibana(url: string, section: Pick<ElasticSection, "auth" | "ca">, secrets: Secrets): Kibana {
  const server = withoutPasswords(url).replace(/\/+$/, "");
  return {
    async importObjects(ndjson) {
      const answer = await post(url, section, { secrets, server, body: multipart(ndjson) });
      const result = parse(answer.text);
      if (answer.status === 200 && result?.success === true) return result.successCount ?? 0;
      const [first] = result?.errors ?? [];
      const why = first?.error?.type ?? result?.message ?? "";
      const detail = why === "" ? "" : `: ${why.slice(0, 300)}${first?.id === undefined ? "" : ` (${first.id})`}`;
      throw failure(
        `Kibana at ${server} did not take the dashboards (HTTP ${String(answer.status)})${detail}.`,
        answer.status,
      );
    },
  };
}

interface ImportAnswer {
  readonly success?: boolean;
  readonly successCount?: number;
  readonly message?: string;
  readonly errors?: readonly { readonly id?: string; readonly error?: { readonly type?: string } }[];
}

function parse(text: string): ImportAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function failure(message: string, status?: number): PictlError {
  const hint =
    status === 401 || status === 403
      ? "The login of `elasticsearch_auth` needs the Kibana privilege to manage saved objects."
      : "Import them by hand: `pictl kibana --ndjson >FILE`, then Stack Management, Saved objects.";
  return new PictlError(status === 403 ? "elasticsearch-forbidden" : "elasticsearch-failed", message, { hint });
}

function multipart(ndjson: string): string {
  return [
    `--${boundary}`,
    'Content-Disposition: form-data; name="file"; filename="pictl.ndjson"',
    "Content-Type: application/ndjson",
    "",
    ndjson,
    `--${boundary}--`,
    "",
  ].join("\r\n");
}

async function post(
  url: string,
  { auth, ca }: Pick<ElasticSection, "auth" | "ca">,
  { secrets, server, body }: { readonly secrets: Secrets; readonly server: string; readonly body: string },
): Promise<Answer> {
  const target = new URL(`${url.replace(/\/+$/, "")}/api/saved_objects/_import?overwrite=true`);
  const [authorization, trusted] = [
    await authorizationOf(auth, secrets),
    ca === undefined ? undefined : await caText(ca),
  ];
  const headers = {
    // Kibana refuses what a page of somebody else could have sent.
    "kbn-xsrf": "true",
    "content-type": `multipart/form-data; boundary=${boundary}`,
    "content-length": String(Buffer.byteLength(body)),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = send(
      target,
      {
        method: "POST",
        headers,
        ...(trusted === undefined ? {} : { ca: trusted }),
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          if (text.length < maxAnswerBytes) text += chunk;
        });
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on("error", reject);
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const code =
        error.name === "AbortError" || error.name === "TimeoutError" ? "ETIMEDOUT" : (error.code ?? "ECONNRESET");
      reject(failure(`Kibana at ${server} cannot be used: ${whyNoAnswer(code)}.`));
    });
    sent.end(body);
  });
}

async function authorizationOf(auth: ElasticSection["auth"], secrets: Secrets): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  if ("apiKey" in auth) return `ApiKey ${(await secrets.read(auth.apiKey)).reveal()}`;
  const login = `${auth.username}:${(await secrets.read(auth.password)).reveal()}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
