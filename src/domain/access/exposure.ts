import type { HttpSection } from "../config/types.ts";
import { PictlError } from "../errors.ts";
import { isLoopback } from "./address.ts";

/** Whether it is the token of PiCluster's README, which everybody knows. */
export function isPublicToken(token: string | undefined): boolean {
  return token === "1234567890ABCDEFGHJKLMNOP";
}

/** The same of its user. */
export function isPublicLogin(name: string | undefined, password: string | undefined): boolean {
  return name === "admin" && password === "admin";
}

export interface Exposure {
  /** The addresses that `host` stands for. */
  readonly addresses: readonly string[];
  readonly tls: boolean;
  readonly behindProxy: boolean;
  readonly token: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * Whether it may listen there; returns what is to be warned of. Throws config-invalid where passwords would cross a
 * network unencrypted, or where everybody knows the credentials.
 */
export function checkExposure(section: Pick<HttpSection, "host">, exposure: Exposure): readonly string[] {
  const loopback = exposure.addresses.length > 0 && exposure.addresses.every(isLoopback);
  if (!loopback && !exposure.tls && !exposure.behindProxy) {
    throw new PictlError(
      "config-invalid",
      `${section.host} is not loopback, and without TLS passwords and tokens would cross the network in the clear: nothing was started.`,
      {
        hint: "Set `http.tls` in the config, say `--self-signed`, or set `http.behind_proxy` and `http.trusted_proxies` where a proxy speaks HTTPS. From your own machine `ssh -L 3003:127.0.0.1:3003 HOST` does without.",
      },
    );
  }
  const known = knownToAll(exposure);
  // Behind a proxy the world is at the other end of it.
  if (known.length > 0 && (!loopback || exposure.behindProxy)) {
    throw new PictlError(
      "config-invalid",
      `${known.join(" and ")} in the config: that is PiCluster's README, which everybody knows. Nothing was started beyond loopback.`,
      {
        hint: "Change them, or remove them and make users and tokens with `pictl serve user add` and `pictl serve token add`.",
      },
    );
  }
  return known.map((each) => `${each} in the config: that is PiCluster's README, which everybody knows. Change it.`);
}

function knownToAll({ token, username, password }: Exposure): readonly string[] {
  return [
    ...(isPublicToken(token) ? ["`token`"] : []),
    ...(isPublicLogin(username, password) ? ["`web_username` and `web_password`"] : []),
  ];
}
