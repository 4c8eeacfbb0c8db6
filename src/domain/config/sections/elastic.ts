import type { Findings } from "../findings/problem.ts";
import type { RawConfig } from "../raw.ts";
import { parseSecretSource } from "../secrets/secret-source.ts";
import type { ElasticSection } from "../types.ts";

export function buildElastic(
  raw: RawConfig,
  resolvePath: (path: string) => string,
  findings: Findings,
): ElasticSection | undefined {
  const { elasticsearch: url, elasticsearch_index: dataset = "pictl", elasticsearch_ca: ca } = raw;
  const auth = authOf(raw, resolvePath, findings);
  if (url === undefined) {
    for (const key of ["elasticsearch_auth", "elasticsearch_ca"] as const) {
      if (raw[key] != null) findings.warning([key], "has no effect without elasticsearch");
    }
    return undefined;
  }
  return { url, dataset, ...(auth ? { auth } : {}), ...(ca === undefined ? {} : { ca: resolvePath(ca) }) };
}

function authOf(
  { elasticsearch_auth: auth }: RawConfig,
  resolvePath: (path: string) => string,
  findings: Findings,
): ElasticSection["auth"] {
  const { api_key: apiKey, username, password } = auth ?? {};
  if (apiKey !== undefined && (username ?? password) === undefined)
    return { apiKey: parseSecretSource(apiKey, resolvePath) };
  if (apiKey === undefined && username !== undefined && password !== undefined) {
    return { username, password: parseSecretSource(password, resolvePath) };
  }
  if (auth != null)
    findings.error(["elasticsearch_auth"], "needs an api_key, or a username and a password, and not both");
  return undefined;
}
