import { lookup } from "node:dns/promises";
import type { Secrets } from "../../app/ports.ts";
import { isLoopback, plainAddress } from "../../domain/access/address.ts";
import { checkExposure } from "../../domain/access/exposure.ts";
import type { SecretSource } from "../../domain/config/secrets/secret-source.ts";
import type { HttpSection } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";

/**
 * Whether the server may listen there, and whether that is loopback. `warn` is told what is bad even so. Rejects with
 * config-invalid where it may not, and with missing-prerequisite for a name without an address.
 */
export async function exposureOf(
  http: HttpSection,
  { secrets, tls, warn }: { secrets: Pick<Secrets, "read">; tls: boolean; warn: (message: string) => void },
): Promise<{ readonly loopback: boolean }> {
  const found = await lookup(http.host, { all: true }).catch((cause: unknown) => {
    throw new PictlError("missing-prerequisite", `${http.host} has no address.`, {
      hint: "Correct `--host` or `http.host`.",
      cause,
    });
  });
  const addresses = found.map(({ address }) => plainAddress(address));
  const read = async (source: SecretSource | undefined): Promise<string | undefined> =>
    source &&
    secrets.read(source).then(
      (secret) => secret.reveal(),
      () => undefined,
    );
  const warnings = checkExposure(http, {
    addresses,
    tls,
    behindProxy: http.behindProxy,
    token: await read(http.token),
    username: http.webUsername,
    password: await read(http.webPassword),
  });
  for (const warning of warnings) warn(warning);
  return { loopback: addresses.every(isLoopback) && !http.behindProxy };
}
