import type { Listing, RegistryAccess } from "../../app/ports.ts";
import { object, text } from "../../domain/docker/json.ts";
import { hubName } from "../../domain/registry/address.ts";
import { type FoundImage, type ImageTag, parseHubSearch, parseHubTags } from "../../domain/registry/listing.ts";
import { type Answer, registryRefusal, sendToRegistry } from "./send.ts";
import { problemOf } from "./session.ts";
import { noSuchImage } from "./v2.ts";

/** Docker Hub's own API (https://docs.docker.com/reference/api/hub/latest/); its registry has no catalog. */

/** The most it gives at a time. */
const pageSize = 100;
const maxPages = 50;

export async function searchHub(
  base: URL,
  query: { readonly term: string; readonly limit: number },
  access: RegistryAccess,
): Promise<Listing<FoundImage>> {
  const authorization = await logIn(base, access);
  const size = Math.min(pageSize, query.limit);
  const images = new Map<string, FoundImage>();
  for (let page = 1; page <= maxPages; page += 1) {
    const url = new URL("/v2/search/repositories/", base);
    url.search = new URLSearchParams({ query: query.term, page_size: `${size}`, page: `${page}` }).toString();
    const found = parseHubSearch((await get(url, access, authorization)).json);
    for (const image of found.images) if (!images.has(image.image)) images.set(image.image, image);
    const more = found.more && found.images.length > 0;
    if (!more || images.size >= query.limit) {
      return {
        rows: [...images.values()].slice(0, query.limit),
        more: more || images.size > query.limit,
        complete: true,
      };
    }
  }
  return { rows: [...images.values()], more: true, complete: false };
}

export async function listHubTags(base: URL, path: string, access: RegistryAccess): Promise<Listing<ImageTag>> {
  const [namespace = "", repository = "", ...deeper] = path.split("/");
  if (deeper.length > 0) throw noSuchImage(hubName, path);
  const authorization = await logIn(base, access);
  const tags = new Map<string, ImageTag>();
  for (let page = 1; page <= maxPages; page += 1) {
    const url = new URL(`/v2/namespaces/${namespace}/repositories/${repository}/tags`, base);
    url.search = new URLSearchParams({ page_size: `${pageSize}`, page: `${page}` }).toString();
    const answer = await get(url, access, authorization);
    if (answer.status === 404 && page === 1) throw noSuchImage(hubName, path);
    const found = parseHubTags(answer.json, path);
    for (const tag of found.tags) if (!tags.has(tag.tag)) tags.set(tag.tag, tag);
    if (!found.more || found.tags.length === 0) return { rows: [...tags.values()], more: false, complete: true };
  }
  return { rows: [...tags.values()], more: false, complete: false };
}

/** `POST /v2/auth/token`: a token for ten minutes. */
async function logIn(base: URL, { login, signal }: RegistryAccess): Promise<string | undefined> {
  if (!login) return undefined;
  const body = JSON.stringify({ identifier: login.username, secret: login.password.reveal() });
  const answer = await sendToRegistry(new URL("/v2/auth/token", base), { registry: hubName, lax: false, signal, body });
  if (answer.status !== 200) throw problemOf(answer, { registry: hubName, username: login.username });
  const token = text(object(answer.json).access_token);
  if (!/^[\w.~+/=-]+$/.test(token)) throw registryRefusal(hubName, "it gave no token");
  return `Bearer ${token}`;
}

async function get(url: URL, { login, signal }: RegistryAccess, authorization: string | undefined): Promise<Answer> {
  const answer = await sendToRegistry(url, { registry: hubName, lax: false, signal, authorization });
  if (answer.status === 404 || (answer.status === 200 && answer.json !== undefined)) return answer;
  throw problemOf(answer, { registry: hubName, username: login?.username });
}
