import { PictlError } from "../errors.ts";

/** Why this machine got no answer from a registry. `code` is Node's or OpenSSL's. */
export function networkFailure(registry: string, code: string, cause?: unknown): PictlError {
  const { why, hint } = reasonOf(registry, code);
  return new PictlError("registry-unreachable", `The registry ${registry} cannot be used from this machine: ${why}.`, {
    hint,
    cause,
  });
}

function reasonOf(registry: string, code: string): { why: string; hint: string } {
  const check = `Check the address and the network; try \`curl -v https://${registry}/v2/\`.`;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { why: "its name does not resolve", hint: "Check the name, and this machine's DNS." };
    case "ECONNREFUSED":
      return { why: "nothing listens there (connection refused)", hint: check };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { why: "there is no route to it", hint: check };
    case "ETIMEDOUT":
      return { why: "it did not answer in time", hint: check };
    case "ECONNRESET":
    case "EPIPE":
      return { why: "it closed the connection", hint: check };
    case "EPROTO":
      return {
        why: "it does not speak HTTPS",
        hint: `If it is meant to speak plain HTTP, say \`--insecure\`, or write it as http://${registry}.`,
      };
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return {
        why: "its certificate has run out, or is not valid yet",
        hint: "Renew it, or correct this machine's clock.",
      };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return {
        why: "its certificate is for another name",
        hint: "Use the name in the certificate; `--insecure` skips the check.",
      };
    default:
      return certificateCodes.test(code)
        ? {
            why: "nobody this machine trusts vouches for its certificate (self-signed?)",
            hint: "Point NODE_EXTRA_CA_CERTS to the file of its CA; `--insecure` skips the check.",
          }
        : { why: code, hint: check };
  }
}

const certificateCodes = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|INVALID_CA/;
