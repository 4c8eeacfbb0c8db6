import { safety } from "../safety.ts";
import { type Command, script } from "../shell.ts";
import type { AnsweringCandidate, NodeSurvey, VipPlace, VipSettings } from "./facts.ts";

/** What is done with a virtual IP on a node: `templates/vip.sh`, whose text is `vipScript`. */

/** An address on a node's device, in the name of a cluster: what another one has given is somebody else's. */
interface Where {
  readonly cluster: string;
  readonly ip: string;
  readonly device: string;
}

export function probe(vipScript: string, { cluster, ip, device }: Where): Command {
  return script(vipScript, "probe", cluster, ip, device);
}

/** What a node has been given by pictl, and which of these addresses it has from somebody else. */
export function survey(vipScript: string, cluster: string, ips: readonly string[]): Command {
  return script(vipScript, "survey", cluster, ...ips);
}

/** Whether the node could write what a grant has to write; as the login that grants. */
export function check(vipScript: string, cluster: string): Command {
  return script(vipScript, "check", cluster);
}

/** What candidates must be able to ping. */
export function targetsOf({ candidates }: Pick<VipSettings, "candidates">): readonly string[] {
  return [...new Set(candidates.flatMap(({ slave }) => slave ?? []))];
}

/** Waits a second for those that do not answer. */
export function reach(vipScript: string, targets: readonly string[]): Command {
  return script(vipScript, "reach", ...targets);
}

export function ask(vipScript: string, { ip, device }: Omit<Where, "cluster">): Command {
  return script(vipScript, "ask", ip, device);
}

const announcements = { thrice: 3, once: 1 };

/** Behind the guard: a lease ends at the guard's deadline. `announce`: how often the network is told. */
export function grant(
  vipScript: string,
  { cluster, ip, device, lease, announce }: Where & { lease: boolean; announce: keyof typeof announcements },
): Command {
  const times = safety.announce ? announcements[announce] : 0;
  return script(vipScript, "grant", cluster, ip, device, lease ? "lease" : "forever", String(times));
}

/** Exit codes by which `grant` and `remove` say that certainly nothing was done. */
export function isRefusal(code: number): boolean {
  return code >= 74 && code <= 79;
}

/** An error's sentence as words in another one. */
export function asReason(sentence: string): string {
  const words = sentence.replace(/(?:: nothing was done)?\.$/, "");
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** Why `grant` or `remove` did nothing, by its exit code, as words in a sentence. */
export function whyRefused(code: number, device: string): string {
  if (code === 74)
    return "the node cannot write below /run/pictl and /var/lib/pictl, where it remembers what pictl has given it";
  if (code === 75) return "the node got it too late";
  if (code === 76) return "the node's kernel does not have it as ordered";
  if (code === 77) return `the node has no network device ${device}; correct \`vip_eth_device\` in the config`;
  if (code === 78) {
    return `the node has IPv6 switched off on ${device}; \`sysctl net.ipv6.conf.${device}.disable_ipv6=0\` there switches it on`;
  }
  if (code === 79) return "the node has the address from somebody else, and may be known by it";
  return `the node could not do it (exit code ${String(code)})`;
}

/** Just the place that pictl has given. `device`: of the node's row, if any, for what earlier versions gave. */
export function remove(vipScript: string, { cluster, ip, device }: Where): Command {
  return script(vipScript, "remove", cluster, ip, device);
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
    foreign: lines.flatMap((line) => placeOf(/^foreign (\S+) (\S+)$/.exec(line))),
    networks: lines.flatMap((line) => /^network (\S+\/\d+)$/.exec(line)?.[1] ?? []),
  };
}

function placeOf(found: RegExpExecArray | null): readonly VipPlace[] {
  const [, device, address] = found ?? [];
  return device === undefined || address === undefined ? [] : [{ device, address }];
}

/** Reads what `survey` prints; undefined when it is not all there. */
export function parseSurvey(stdout: string): NodeSurvey | undefined {
  const lines = wholeAnswer(stdout);
  return (
    lines && {
      given: lines.flatMap((line) => /^given (\S+)$/.exec(line)?.[1] ?? []),
      foreign: lines.flatMap((line) => {
        const [, ip = "", rest = ""] = /^foreign (\S+) (\S+ \S+)$/.exec(line) ?? [];
        return placeOf(/^(\S+) (\S+)$/.exec(rest)).map((place) => ({ ip, ...place }));
      }),
    }
  );
}

/** Reads what `check` prints: the folders that cannot be written; undefined when it is not all there. */
export function parseCheck(stdout: string): readonly string[] | undefined {
  return wholeAnswer(stdout)?.flatMap((line) => /^cannot-write (.+)$/.exec(line)?.[1] ?? []);
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
