/**
 * Why this machine got no answer from a server, as a clause about it. `code` is Node's, its `fetch`'s or OpenSSL's; it is the answer
 * where nothing is known of it.
 */
export function whyNoAnswer(code: string): string {
  return (
    reasons[code] ??
    (isAboutTrust(code) ? "nobody this machine trusts vouches for its certificate (self-signed?)" : code)
  );
}

/** The server's certificate is signed by nobody who is known. */
export function isAboutTrust(code: string): boolean {
  return /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|INVALID_CA/.test(code) && !(code in reasons);
}

const unresolved = "its name does not resolve";
const unreachable = "there is no route to it";
const late = "it did not answer in time";
const closed = "it closed the connection";
const outdated = "its certificate has run out, or is not valid yet";

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ECONNREFUSED: "nothing listens there (connection refused)",
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: late,
  UND_ERR_CONNECT_TIMEOUT: late,
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  EPROTO: "it does not speak HTTPS",
  CERT_HAS_EXPIRED: outdated,
  CERT_NOT_YET_VALID: outdated,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};
