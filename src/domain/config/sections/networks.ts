import { isContainerName } from "../findings/names.ts";
import type { Findings } from "../findings/problem.ts";
import type { RawConfig } from "../raw.ts";
import type { NetworkSpec } from "../types.ts";
import { splitWords } from "../document/words.ts";

/** Docker has them on every node, and makes none of these names. */
const builtIn: ReadonlySet<string> = new Set(["bridge", "host", "none", "default"]);

/** The networks that the config describes, by name. Reports names that cannot be one, and arguments that are no words. */
export function buildNetworks(raw: RawConfig, findings: Findings): ReadonlyMap<string, NetworkSpec> {
  const networks = new Map<string, NetworkSpec>();
  for (const [name, text] of Object.entries(raw.networks ?? {})) {
    const path = ["networks", name];
    // The names that networks may have are those of containers.
    if (!isContainerName(name) || builtIn.has(name)) {
      const why = builtIn.has(name) ? "Docker has a network of that name itself" : "use letters, digits, - _ .";
      findings.error(path, `${JSON.stringify(name.slice(0, 40))} cannot be a network's name: ${why}`, { atKey: true });
    }
    const split = splitWords(text ?? "");
    if (!split.ok) {
      findings.error(path, `the docker network create arguments cannot be split into words: ${split.message}`, {
        offset: split.offset,
      });
      continue;
    }
    const args = split.words.map((word) => word.text);
    networks.set(name, { name, args });
  }
  return networks;
}

/** The described ones among those that `docker run` arguments name (`NAME`, or `name=NAME,alias=…`). */
export function networksUsed(
  named: readonly string[],
  networks: ReadonlyMap<string, NetworkSpec>,
): readonly NetworkSpec[] {
  return named.flatMap((value) => {
    const name = /(?:^|,)name=([^,]*)/.exec(value)?.[1] ?? value;
    return networks.get(name) ?? [];
  });
}
