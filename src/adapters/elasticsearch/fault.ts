import type { ElasticFault } from "../../domain/elastic/failure.ts";

/** What the client's error says, taken out of it field by field: the rest of it is the request. */
export function faultOf(error: unknown): ElasticFault {
  const { name, message, statusCode, body, cause, code } = fieldsOf(error);
  if (typeof statusCode === "number") {
    const { type, reason, caused_by: causedBy } = fieldsOf(fieldsOf(body).error);
    const reasons = [textOf(reason), textOf(fieldsOf(causedBy).reason)].filter((each) => each !== "");
    return { kind: "answer", status: statusCode, type: textOf(type), reason: reasons.join(": ") };
  }
  if (name === "TimeoutError") return { kind: "no-answer", code: "ETIMEDOUT" };
  const known = [code, fieldsOf(cause).code, codeIn(textOf(message))].find(
    (each) => typeof each === "string" && each !== "",
  );
  return { kind: "no-answer", code: typeof known === "string" ? known : "ECONNRESET" };
}

/** The client keeps the words of an error of the connection, and not its code. */
function codeIn(message: string): string | undefined {
  const word = /\b(?:E[A-Z]{4,}|UND_ERR_[A-Z]+|ERR_TLS_[A-Z_]+|[A-Z]+_[A-Z_]*CERT[A-Z_]*)\b/.exec(message)?.[0];
  if (word !== undefined) return word;
  if (/self.signed/i.test(message)) return "DEPTH_ZERO_SELF_SIGNED_CERT";
  if (/unable to (?:verify|get)|issuer/i.test(message)) return "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  if (/altnames|does not match certificate/i.test(message)) return "ERR_TLS_CERT_ALTNAME_INVALID";
  if (/expired/i.test(message)) return "CERT_HAS_EXPIRED";
  if (/wrong version number|packet length/i.test(message)) return "EPROTO";
  return undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
