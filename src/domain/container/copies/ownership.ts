import type { ContainerFacts } from "../../docker/facts.ts";
import { labels } from "../../docker/labels.ts";
import { PictlError } from "../../errors.ts";

/** Made by pictl for this cluster. Anything else of the same name is somebody else's. */
export function isOurs(facts: ContainerFacts, cluster: string): boolean {
  return facts.labels[labels.cluster] === cluster;
}

/** The container of that name on a node, undefined when there is none. Throws container-foreign when it is not ours. */
export function ours(found: readonly ContainerFacts[], name: string, cluster: string): ContainerFacts | undefined {
  const facts = found.find((each) => each.name === name);
  if (!facts || isOurs(facts, cluster)) return facts;
  const owner = facts.labels[labels.cluster];
  throw new PictlError(
    "container-foreign",
    owner === undefined
      ? `A container "${name}" exists there that pictl did not make; it is left alone.`
      : `A container "${name}" exists there that belongs to the pictl cluster "${owner}", not to "${cluster}"; it is left alone.`,
    {
      container: name,
      hint: `Rename or remove it on the node (\`docker rename ${name} OTHER\`), or choose another name in the layout.`,
    },
  );
}

export function containerMissing(name: string): PictlError {
  return new PictlError("container-missing", `There is no container "${name}" on the node.`, {
    container: name,
    hint: `Make it with \`pictl create ${name}\`.`,
  });
}

/** The generation in a container's label; 0 when it has none that can be read. */
export function generationOf(facts: ContainerFacts): number {
  const text = facts.labels[labels.generation] ?? "";
  // As it is written, and not `0x10`, ` 5` or `1e9`, which Number takes as well.
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/**
 * The generation of a copy, where it can be one: undefined for a label that cannot be read, and for one beyond `latest`
 * (`latestBelieved`), which somebody has made up. Such a copy is neither older nor newer than any other.
 */
export function believedGeneration(facts: ContainerFacts, latest: number): number | undefined {
  const generation = generationOf(facts);
  return generation > 0 && generation <= latest ? generation : undefined;
}

/**
 * The greatest generation that a copy may have: the time in seconds, or `last`, the greatest one given before, and a day,
 * for clocks that differ. Infinity where this machine's clock was never set, which tells nothing of others'.
 */
export function latestBelieved(nowMs: number, last: number): number {
  return nowMs < firstGenerationMs ? Infinity : Math.max(Math.floor(nowMs / 1000), last) + 86_400;
}

/** 2026: before that no copy was made. */
const firstGenerationMs = 1_767_225_600_000;

/**
 * The generation of a new copy: greater than that of every copy seen and than `last`, the greatest one known before, so
 * that it is also greater than that of a copy on a node that does not answer, whatever became of the clock. At least
 * the time in seconds, for whoever knows nothing of before. One that nobody can have given counts for nothing.
 */
export function nextGeneration(
  seen: readonly (ContainerFacts | undefined)[],
  { nowMs, last }: { readonly nowMs: number; readonly last: number },
): number {
  const latest = latestBelieved(nowMs, last);
  const next = seen.map((facts) => (facts ? (believedGeneration(facts, latest) ?? 0) + 1 : 0));
  return Math.max(Math.floor(nowMs / 1000), last + 1, ...next);
}
