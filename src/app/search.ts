import { hubName, type RegistryAddress } from "../domain/registry/address.ts";
import type { FoundImage } from "../domain/registry/listing.ts";
import { fanOut } from "./kit/fan-out.ts";
import { looking } from "./kit/observe/looking.ts";
import type { Ports, RegistryLogin } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface SearchInput {
  readonly registries: readonly RegistryAddress[];
  readonly term: string;
  /** Images of each registry. */
  readonly limit: number;
  /** Given to each of the registries, so there should be one. */
  readonly login: RegistryLogin | undefined;
  readonly insecure: boolean;
}

/** Looks in every registry at once; one that fails is a failure and does not keep the others from answering. */
export async function searchImages(
  ports: Ports,
  input: SearchInput,
): Promise<Report<{ images: readonly FoundImage[] }>> {
  const { term, limit, login, insecure } = input;
  if (insecure) warnInsecure(ports, input.registries);
  const { results, failures } = await fanOut(ports, input.registries, {
    place: () => ({}),
    work: (registry) =>
      looking(ports, registry.name, async () => {
        const found = await ports.registries.search(
          registry,
          { term, limit },
          { login, insecure, signal: ports.signal },
        );
        if (!found.complete) warnCutOff(ports, registry);
        if (found.more) {
          ports.progress.warn(`${registry.name} has more images than the ${limit} shown; \`--limit N\` shows more.`);
        }
        return found.rows;
      }),
  });
  const images = results.flat();
  if (images.length === 0 && failures.length === 0) ports.progress.warn(`No image is called anything with "${term}".`);
  return { result: { images }, failures };
}

/** Docker Hub has a certificate that everybody can check. */
export function warnInsecure(ports: Ports, registries: readonly RegistryAddress[]): void {
  const names = registries.flatMap(({ name }) => (name === hubName ? [] : [name])).join(", ");
  if (names === "") return;
  ports.progress.warn(
    `--insecure: nobody checks that ${names} is who it says, and a password may travel unencrypted. ` +
      "Whoever sits in between can read it and forge the answers.",
  );
}

export function warnCutOff(ports: Ports, { name }: RegistryAddress): void {
  ports.progress.warn(`${name} lists more than pictl reads; the rest is missing here.`);
}
