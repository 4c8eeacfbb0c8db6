import type { Listing, RegistryAccess } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import type { RegistryAddress } from "../../domain/registry/address.ts";
import { bareTag, type FoundImage, type ImageTag, parseCatalog, parseTagNames } from "../../domain/registry/listing.ts";
import { nextPage } from "../../domain/registry/reach.ts";
import { repositoryName } from "../../domain/registry/reference.ts";
import { matching } from "../../domain/registry/search.ts";
import { registryRefusal } from "./send.ts";
import { RegistrySession } from "./session.ts";

/** Names a page; some registries give no more, and some refuse to be asked for more. */
const pageSize = 100;
const maxPages = 300;

/** Registries have no search: the whole catalog is read. */
export async function searchCatalog(
  registry: RegistryAddress,
  query: { readonly term: string; readonly limit: number },
  access: RegistryAccess,
): Promise<Listing<FoundImage>> {
  const session = new RegistrySession(registry, access);
  const { names, complete } = await pages(session, registry, {
    path: `/v2/_catalog?n=${pageSize}`,
    parse: parseCatalog,
    missing: () =>
      registryRefusal(
        registry.name,
        "it does not list what it has",
        "Not every registry has a catalog; ask for an image by its name: `pictl tags`.",
      ),
  });
  const found = matching(names, query.term);
  const rows = found.slice(0, query.limit).map((path) => ({
    registry: registry.name,
    image: repositoryName({ registry: registry.name, path }),
    description: "",
    stars: null,
    pulls: null,
    official: false,
  }));
  return { rows, more: found.length > rows.length, complete };
}

export async function readTags(
  registry: RegistryAddress,
  path: string,
  access: RegistryAccess,
): Promise<Listing<ImageTag>> {
  const session = new RegistrySession(registry, access);
  const { names, complete } = await pages(session, registry, {
    path: `/v2/${path}/tags/list?n=${pageSize}`,
    parse: parseTagNames,
    missing: () => noSuchImage(registry.name, path),
  });
  return { rows: names.map((tag) => bareTag({ registry: registry.name, path }, tag)), more: false, complete };
}

export function noSuchImage(registry: string, path: string): PictlError {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return new PictlError(
    "image-missing",
    `The registry ${registry} has no image ${repositoryName({ registry, path })}.`,
    {
      hint: `\`pictl search ${last}\` finds names. A private image may need \`--username\`.`,
    },
  );
}

interface List {
  readonly path: string;
  readonly parse: (json: unknown) => string[];
  readonly missing: () => PictlError;
}

/** All pages of a list, each name once; a list that does not end is cut off. */
async function pages(
  session: RegistrySession,
  registry: RegistryAddress,
  { path, parse, missing }: List,
): Promise<{ names: string[]; complete: boolean }> {
  const names = new Set<string>();
  const seen = new Set<string>();
  let next: string | URL = path;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await session.get(next);
    if (answer.status === 404) throw missing();
    const before = names.size;
    for (const name of parse(answer.json)) names.add(name);
    const following = nextPage([answer.headers.link].flat().join(", "), answer.url);
    if (following === undefined) return { names: [...names], complete: true };
    if (following === "foreign")
      throw registryRefusal(registry.name, "its list goes on at another server, which is not followed");
    // A page that brings nothing new would go on for ever.
    if (seen.has(following.href) || names.size === before) return { names: [...names], complete: true };
    seen.add(following.href);
    next = following;
  }
  return { names: [...names], complete: false };
}
