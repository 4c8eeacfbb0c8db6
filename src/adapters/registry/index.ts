import type { Registries, RegistryAccess } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import { hubName, isLoopbackHost } from "../../domain/registry/address.ts";
import { firstOf } from "../../abort.ts";

/** Milliseconds for a whole list, however many pages. */
const listTimeoutMs = 120_000;

/** Registries over HTTP, asked from this machine. `hubUrl`: where the Hub's API is, instead of hub.docker.com. */
export function openRegistries(options: { readonly hubUrl?: string | undefined } = {}): Registries {
  const hub = (): URL => hubBase(options.hubUrl ?? "https://hub.docker.com");
  // Every command wires this adapter and few use it; HTTP and TLS are loaded for those.
  return {
    async search(registry, query, access) {
      if (registry.name === hubName)
        return bounded(access, async (own) => (await import("./hub.ts")).searchHub(hub(), query, own));
      return bounded(access, async (own) => (await import("./v2.ts")).searchCatalog(registry, query, own));
    },
    async tags(registry, path, access) {
      if (registry.name === hubName)
        return bounded(access, async (own) => (await import("./hub.ts")).listHubTags(hub(), path, own));
      return bounded(access, async (own) => (await import("./v2.ts")).readTags(registry, path, own));
    },
  };
}

async function bounded<T>(access: RegistryAccess, work: (access: RegistryAccess) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(listTimeoutMs);
  const { signal, dispose } = firstOf([access.signal, timeout]);
  try {
    return await work({ ...access, signal });
  } finally {
    dispose();
  }
}

/** A password may go there, so that it is HTTPS or this machine. */
function hubBase(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base?.protocol === "https:" || (base?.protocol === "http:" && isLoopbackHost(base.hostname))) return base;
  throw new PictlError(
    "usage",
    `${url.slice(0, 200)} cannot be the address of the Hub's API: it has to begin with https://.`,
    {
      hint: "Correct or unset PICTL_HUB_URL.",
    },
  );
}
