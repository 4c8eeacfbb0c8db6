import { visible } from "../../text.ts";

/** Docker's last words, without its prefix, the way they came by and its advertisement for `--help`; `code` where it said nothing. */
export function dockerSaid(stderr: string, code: number): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !advertisement.test(line));
  const text = lines
    .slice(-5)
    .map((line) => line.replace(wayThere, "").replace(/: unknown\.?$/, ""))
    .join("; ");
  if (text === "") return `docker ended with exit code ${String(code)}.`;
  return visible(text.replace(/[^.!?]$/, "$&."));
}

const advertisement = /^(?:(?:See|Run) '.*--help'(?: for more information)?\.?|Usage: .*)$/;

/** Through whom the reason came: Docker 20.10 to 28.5 and runc put their names in front of it, one after the other. */
const wayThere =
  /^(?:docker: |Error: |Error response from daemon: |failed to create (?:shim )?task(?: for container)?: |OCI runtime create failed: |runc create failed: |unable to start container process: |error during container init: |failed to set up container networking: |driver failed programming external connectivity on endpoint \S+ \([0-9a-f]+\): |Error starting userland proxy: )+/;

/**
 * What helps against what docker (or podman) said of a container that it did not make or start, as sentences; undefined
 * where its own words say it, or nobody knows. `node`: where it was said.
 */
export function dockerAdvice(said: string, node: string): string | undefined {
  for (const [pattern, advice] of advices) {
    const match = pattern.exec(said);
    if (match) return advice(node, visible(match[1] ?? ""));
  }
  return fullDisk(said, node);
}

/** What helps where a node's disk is full; undefined where docker's words do not say so. */
export function fullDisk(said: string, node: string): string | undefined {
  if (!/no space left on device|disk quota exceeded/i.test(said)) return undefined;
  return `The disk of ${node} is full: \`pictl nodes\` shows how full, and \`pictl prune --node ${node}\` removes the images that no container needs.`;
}

type Advice = (node: string, what: string) => string;

const advices: readonly (readonly [RegExp, Advice])[] = [
  [
    /:(\d+)(?::\S+)?(?: failed)?:(?: bind:)? (?:port is already allocated|address already in use)/i,
    (node, port) =>
      `\`ss -lnp 'sport = :${port}'\` on ${node}, as root, shows the program that has the port. Stop it, or publish another port in the layout.`,
  ],
  [
    /no such image: ([^\s,]+[^\s,.])/i,
    (_, image) =>
      `Say where ${image} comes from: \`docker\` in the config names the folder that has a subfolder with a Dockerfile for each container, and \`image\` of the layout's entry an image of a registry.`,
  ],
  [
    /network (\S+) not found|network with name or ID (\S+?):/i,
    () =>
      "Describe the network under `networks` in the config, and pictl makes it on the nodes that need it; or correct its name.",
  ],
  [
    /unknown (?:shorthand )?flag: /i,
    (node) => `The docker of ${node} does not know this flag. Correct the entry's \`args\` in the layout.`,
  ],
  [
    /exec(?:utable file)?: ?[`"]([^`"]+)[`"].*(?:executable file not found|no such file or directory)|executable file [`"]?([^`"\s]+)[`"]? not found/i,
    () => "The image has no such program. Correct the entry's `command`, or CMD and ENTRYPOINT in the Dockerfile.",
  ],
  [
    /exec: "[^"]+": permission denied/i,
    () => "The image has that file, and it may not be run. Make it executable (`chmod +x`) before it is copied.",
  ],
];
