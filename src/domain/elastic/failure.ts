import { withoutPasswords } from "../config/secrets/redact.ts";
import { PictlError } from "../errors.ts";
import { isAboutTrust, whyNoAnswer } from "../no-answer.ts";

/** What went wrong with a request, with nothing of the request in it: that holds the login. */
export type ElasticFault =
  | { readonly kind: "answer"; readonly status: number; readonly type: string; readonly reason: string }
  | { readonly kind: "no-answer"; readonly code: string }
  | { readonly kind: "other-product" };

/** The login may not do this. */
export function isForbidden(fault: ElasticFault): boolean {
  return fault.kind === "answer" && fault.status === 403;
}

/** In a sentence, with what to do. `server` names it without a login. */
export function elasticError(server: string, fault: ElasticFault): PictlError {
  const { message, hint } = told(withoutPasswords(server).replace(/\/$/, ""), fault);
  const code = isForbidden(fault) ? "elasticsearch-forbidden" : "elasticsearch-failed";
  return new PictlError(code, message, { hint });
}

function told(server: string, fault: ElasticFault): { readonly message: string; readonly hint: string } {
  if (fault.kind === "other-product") {
    return {
      message: `${server} is neither an Elasticsearch nor an OpenSearch: it does not say which version it is.`,
      hint: "Correct `elasticsearch`; it is the address that answers `GET /` with a version.",
    };
  }
  if (fault.kind === "no-answer") {
    const why = whyNoAnswer(fault.code);
    const trust = isAboutTrust(fault.code) || fault.code === "ERR_TLS_CERT_ALTNAME_INVALID";
    return {
      message: `Elasticsearch at ${server} cannot be used: ${why}.`,
      hint: trust
        ? "Name the CA's file in `elasticsearch_ca`, or correct `elasticsearch`."
        : "See that it runs and that this machine reaches it, or correct `elasticsearch`.",
    };
  }
  const { status, reason } = fault;
  const said = reason === "" ? "" : `: ${reason.slice(0, 300)}`;
  if (status === 401) {
    return {
      message: `Elasticsearch at ${server} refuses the login (HTTP 401).`,
      hint: "Give it `elasticsearch_auth`, or correct what stands there.",
    };
  }
  if (status === 403) {
    return {
      message: `Elasticsearch at ${server} does not allow that (HTTP 403)${said}.`,
      hint: "The login needs `auto_configure`, `create_doc`, `read` and `maintenance` on logs-* and metrics-*, and for the templates the cluster privilege `manage_index_templates`.",
    };
  }
  if (status === 429) {
    return {
      message: `Elasticsearch at ${server} is full or busy (HTTP 429)${said}.`,
      hint: "Give it more memory or room; what waits is sent by itself.",
    };
  }
  return {
    message: `Elasticsearch at ${server} answered with HTTP ${String(status)}${said}.`,
    hint: status >= 500 ? "Its log tells more; what waits is sent by itself." : "Its log tells more.",
  };
}
