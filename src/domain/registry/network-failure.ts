import { PictlError } from "../errors.ts";
import { isAboutTrust, whyNoAnswer } from "../no-answer.ts";

/** Why this machine got no answer from a registry. `code` is Node's or OpenSSL's. */
export function networkFailure(registry: string, code: string, cause?: unknown): PictlError {
  const why = whyNoAnswer(code);
  return new PictlError("registry-unreachable", `The registry ${registry} cannot be used from this machine: ${why}.`, {
    hint: hintOf(registry, code),
    cause,
  });
}

function hintOf(registry: string, code: string): string {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "Check the name, and this machine's DNS.";
    case "EPROTO":
      return `If it is meant to speak plain HTTP, say \`--insecure\`, or write it as http://${registry}.`;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "Renew it, or correct this machine's clock.";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "Use the name in the certificate; `--insecure` skips the check.";
    default:
      return isAboutTrust(code)
        ? "Point NODE_EXTRA_CA_CERTS to the file of its CA; `--insecure` skips the check."
        : `Check the address and the network; try \`curl -v https://${registry}/v2/\`.`;
  }
}
