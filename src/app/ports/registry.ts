import type { RegistryAddress } from "../../domain/registry/address.ts";
import type { FoundImage, ImageTag } from "../../domain/registry/listing.ts";
import type { Secret } from "../../domain/secrets/secret.ts";

/**
 * Image registries and Docker Hub, asked from this machine. Both reject with registry-unreachable, registry-denied,
 * registry-failed and interrupted.
 */
export interface Registries {
  /** Repositories that fit the term, best first, at most `limit`. */
  search(
    registry: RegistryAddress,
    query: { readonly term: string; readonly limit: number },
    access: RegistryAccess,
  ): Promise<Listing<FoundImage>>;
  /** All tags, in the registry's order. Rejects with image-missing too. */
  tags(registry: RegistryAddress, path: string, access: RegistryAccess): Promise<Listing<ImageTag>>;
}

export interface RegistryAccess {
  /** Sent only where the registry asks for it, over HTTPS or to this machine, or else as `insecure` allows. */
  readonly login?: RegistryLogin | undefined;
  /** Take any certificate, and plain HTTP. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: Secret;
}

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** false: the list was cut off, because the registry has more than is ever read. */
  readonly complete: boolean;
}
