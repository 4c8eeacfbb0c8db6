import type { Findings } from "../findings/problem.ts";
import type { RawConfig } from "../raw.ts";
import { parseSecretSource } from "../secrets/secret-source.ts";
import type { HttpSection } from "../types.ts";

/** What `pictl serve` is told, with what later versions of PiCluster called the same (`ssl`, `ssl_cert`, `ssl_key`). */
export function buildHttp(raw: RawConfig, resolvePath: (path: string) => string, findings: Findings): HttpSection {
  const source = (text: string | undefined) => (text === undefined ? undefined : parseSecretSource(text, resolvePath));
  const section = raw.http ?? {};
  if (section.behind_proxy === true && (section.trusted_proxies ?? []).length === 0) {
    findings.error(["http", "behind_proxy"], "names no proxy; `trusted_proxies` must say which addresses it has");
  }
  return {
    host: section.host ?? "127.0.0.1",
    tls: tlsFiles(raw, resolvePath, findings),
    behindProxy: section.behind_proxy ?? false,
    trustedProxies: section.trusted_proxies ?? [],
    allowedHosts: section.allowed_hosts ?? [],
    terminal: section.terminal ?? false,
    legacyRoutes: section.legacy_routes ?? false,
    token: source(raw.token),
    serverPort: raw.server_port ?? 3000,
    webPort: raw.web_port ?? 3003,
    webUsername: raw.web_username,
    webPassword: source(raw.web_password),
    webConnect: raw.web_connect,
  };
}

function tlsFiles(raw: RawConfig, resolvePath: (path: string) => string, findings: Findings): HttpSection["tls"] {
  const own = raw.http?.tls;
  if (own) return { cert: resolvePath(own.cert), key: resolvePath(own.key) };
  if (raw.ssl !== true) return undefined;
  if (!raw.ssl_cert || !raw.ssl_key) {
    findings.warning(["ssl"], "has no effect without ssl_cert and ssl_key", { atKey: true });
    return undefined;
  }
  return { cert: resolvePath(raw.ssl_cert), key: resolvePath(raw.ssl_key) };
}
