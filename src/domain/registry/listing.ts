import { list, number, object, text } from "../docker/json.ts";
import { hubName } from "./address.ts";
import { isDigest, isRepository, isTag, repositoryName } from "./reference.ts";

/** What registries and the Hub list, read from JSON that anybody may have written: what has no valid name is left out. */

export interface FoundImage {
  readonly registry: string;
  /** What `pictl pull` and `pictl tags` take. */
  readonly image: string;
  /** Empty where the registry keeps none. */
  readonly description: string;
  /** null where the registry does not count. */
  readonly stars: number | null;
  readonly pulls: number | null;
  /** One of Docker's official images. */
  readonly official: boolean;
}

export interface ImageTag {
  readonly registry: string;
  readonly image: string;
  readonly tag: string;
  /** The rest is null where the registry lists names only. */
  readonly digest: string | null;
  /** Compressed; of the first architecture when there are several. */
  readonly sizeBytes: number | null;
  /** RFC 3339. */
  readonly updatedAt: string | null;
  readonly architectures: readonly string[] | null;
}

/** `GET /v2/_catalog`. */
export function parseCatalog(json: unknown): string[] {
  return list(object(json).repositories).map(text).filter(isRepository);
}

/** `GET /v2/NAME/tags/list`; a repository without tags has null there. */
export function parseTagNames(json: unknown): string[] {
  return list(object(json).tags).map(text).filter(isTag);
}

/** The tag of a registry that says no more than its name. */
export function bareTag(of: { readonly registry: string; readonly path: string }, tag: string): ImageTag {
  const { registry } = of;
  return {
    registry,
    image: repositoryName(of),
    tag,
    digest: null,
    sizeBytes: null,
    updatedAt: null,
    architectures: null,
  };
}

/** `GET /v2/search/repositories/` of the Hub. */
export function parseHubSearch(json: unknown): { images: FoundImage[]; more: boolean } {
  const page = object(json);
  const images = list(page.results).flatMap((each): FoundImage[] => {
    const row = object(each);
    const name = text(row.repo_name);
    if (!isRepository(name)) return [];
    return [
      {
        registry: hubName,
        image: repositoryName({ registry: hubName, path: name }),
        description: text(row.short_description).replaceAll(/\s+/g, " ").trim().slice(0, 500),
        stars: number(row.star_count),
        pulls: number(row.pull_count),
        official: row.is_official === true,
      },
    ];
  });
  return { images, more: text(page.next) !== "" };
}

/** `GET /v2/namespaces/NAMESPACE/repositories/REPOSITORY/tags` of the Hub. */
export function parseHubTags(json: unknown, path: string): { tags: ImageTag[]; more: boolean } {
  const page = object(json);
  const tags = list(page.results).flatMap((each): ImageTag[] => {
    const row = object(each);
    const tag = text(row.name);
    if (!isTag(tag)) return [];
    const updatedAt = text(row.last_updated);
    return [
      {
        ...bareTag({ registry: hubName, path }, tag),
        digest: isDigest(text(row.digest)) ? text(row.digest) : null,
        sizeBytes: number(row.full_size) || null,
        updatedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(updatedAt) ? updatedAt : null,
        architectures: architectures(row.images),
      },
    ];
  });
  return { tags, more: text(page.next) !== "" };
}

/** `amd64`, `arm/v7`; attestations, which are listed as `unknown`, are no images. */
function architectures(images: unknown): string[] {
  const names = list(images).map((each) => {
    const { architecture, variant } = object(each);
    return [text(architecture), text(variant)].filter((part) => part !== "").join("/");
  });
  return [...new Set(names)].filter((name) => /^[a-z0-9_]+(?:\/[a-z0-9]+)?$/.test(name) && name !== "unknown");
}

/** What a registry says went wrong (`{"errors": [{"code", "message"}]}`, or the Hub's `detail` and `message`). */
export function registryErrorText(json: unknown): string {
  const body = object(json);
  const first = object(list(body.errors)[0]);
  const said = [text(first.message), text(first.code), text(body.detail), text(body.message)];
  return (said.find((each) => each !== "") ?? "").replaceAll(/\s+/g, " ").slice(0, 200);
}
