import type { RegistryAddress } from "../domain/registry/address.ts";
import { PictlError, toFailure, type Failure } from "../domain/errors.ts";
import type { ImageTag } from "../domain/registry/listing.ts";
import { parseReference } from "../domain/registry/reference.ts";
import { newestFirst } from "../domain/registry/versions.ts";
import type { Matcher } from "../domain/regular-expression.ts";
import { fanOut } from "./kit/fan-out.ts";
import { looking } from "./kit/observe/looking.ts";
import type { Ports, RegistryLogin } from "./ports.ts";
import type { Report } from "./kit/report.ts";
import { warnCutOff, warnInsecure } from "./search.ts";

export interface TagsInput {
  /** Where the image is looked for: one, if its name says the registry. */
  readonly registries: readonly RegistryAddress[];
  readonly image: string;
  /** Only tags that this fits. */
  readonly grep: Matcher | undefined;
  readonly login: RegistryLogin | undefined;
  readonly insecure: boolean;
}

/**
 * The tags of an image in every registry that has it, newest version first. That a registry lacks the image is a
 * failure only when no other has it.
 */
export async function listTags(ports: Ports, input: TagsInput): Promise<Report<{ tags: readonly ImageTag[] }>> {
  if (input.insecure) warnInsecure(ports, input.registries);
  const { results, failures } = await fanOut(ports, input.registries, {
    place: () => ({}),
    work: (registry) => looking(ports, registry.name, () => tagsIn(ports, registry, input)),
  });
  const found = results.flatMap((result) => ("tags" in result ? [result.tags] : []));
  const missing = results.flatMap((result) => ("missing" in result ? [result.missing] : []));
  return { result: { tags: found.flat() }, failures: [...failures, ...(found.length === 0 ? missing : [])] };
}

type Found = { readonly tags: readonly ImageTag[] } | { readonly missing: Failure };

async function tagsIn(ports: Ports, registry: RegistryAddress, input: TagsInput): Promise<Found> {
  const { grep, login, insecure } = input;
  const { path } = parseReference(input.image, registry.name);
  try {
    const { rows, complete } = await ports.registries.tags(registry, path, { login, insecure, signal: ports.signal });
    if (!complete) warnCutOff(ports, registry);
    const byTag = new Map(rows.map((row) => [row.tag, row]));
    const tags = newestFirst([...byTag.keys()].filter((tag) => grep?.test(tag) ?? true));
    return { tags: tags.flatMap((tag) => byTag.get(tag) ?? []) };
  } catch (error) {
    if (error instanceof PictlError && error.code === "image-missing") return { missing: toFailure(error) };
    throw error;
  }
}
