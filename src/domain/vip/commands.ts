import { safety } from "../safety.ts";
import { type Command, script } from "../shell.ts";
import type { AnsweringCandidate, VipSettings } from "./facts.ts";

/** What is done with a virtual IP on a node: `templates/vip.sh`, whose text is `vipScript`. */

export function probe(vipScript: string, { ip, device }: { ip: string; device: string }): Command {
  return script(vipScript, "probe", ip, device);
}

/** What candidates must be able to ping. */
export function targetsOf({ candidates }: Pick<VipSettings, "candidates">): readonly string[] {
  return [...new Set(candidates.flatMap(({ slave }) => slave ?? []))];
}

/** Waits a second for those that do not answer. */
export function reach(vipScript: string, targets: readonly string[]): Command {
  return script(vipScript, "reach", ...targets);
}

export function ask(vipScript: string, { ip, device }: { ip: string; device: string }): Command {
  return script(vipScript, "ask", ip, device);
}

const announcements = { thrice: 3, once: 1 };

/** Behind the guard: a lease ends at the guard's deadline. `announce`: how often the network is told. */
export function grant(
  vipScript: string,
  { ip, device, lease, announce }: { ip: string; device: string; lease: boolean; announce: keyof typeof announcements },
): Command {
  const times = safety.announce ? announcements[announce] : 0;
  return script(vipScript, "grant", ip, device, lease ? "lease" : "forever", String(times));
}

/** Why `grant` or `remove` did nothing, by its exit code, as words in a sentence. */
export function whyRefused(code: number, device: string): string {
  if (code === 75) return "the node got it too late";
  if (code === 76) return "the node's kernel does not have it as ordered";
  if (code === 77) return `the node has no network device ${device}; correct \`vip_eth_device\` in the config`;
  if (code === 78) {
    return `the node has IPv6 switched off on ${device}; \`sysctl net.ipv6.conf.${device}.disable_ipv6=0\` there switches it on`;
  }
  return `the node could not do it (exit code ${String(code)})`;
}

export function remove(vipScript: string, ip: string): Command {
  return script(vipScript, "remove", ip, "");
}

/** Reads what `probe` prints; undefined when it is not all there. */
export function parseProbe(stdout: string): Omit<AnsweringCandidate, "reaches"> | undefined {
  const lines = wholeAnswer(stdout);
  if (!lines) return undefined;
  return {
    state: "answers",
    device: lines.includes("device"),
    carrier: lines.includes("carrier"),
    ipv6Off: lines.includes("off"),
    holds: parseHolds(lines),
  };
}

/** Reads what `reach` prints; undefined when it is not all there. */
export function parseReach(stdout: string, targets: readonly string[]): AnsweringCandidate["reaches"] | undefined {
  const lines = wholeAnswer(stdout);
  return lines && Object.fromEntries(targets.map((target) => [target, lines.includes(`reaches ${target}`)]));
}

function wholeAnswer(stdout: string): readonly string[] | undefined {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.at(-1) === "end" ? lines : undefined;
}

/** `holds SECONDS|forever DEVICE CIDR`, a line a place; the longest of them counts. */
export function parseHolds(lines: readonly string[]): AnsweringCandidate["holds"] {
  const lives = lines.flatMap((line) => /^holds (\S+) /.exec(line)?.[1] ?? []);
  if (lives.length === 0) return null;
  return { secondsLeft: lives.includes("forever") ? null : Math.max(...lives.map(Number)) };
}

/** Reads what `ask` prints: whether somebody answers for the address; null when nobody could ask. */
export function parseAsk(stdout: string): boolean | null {
  const word = stdout.trim();
  return word === "answered" ? true : word === "nobody" ? false : null;
}
