import type { Config, VipSection } from "../../../domain/config/types.ts";
import { type Failure, PictlError } from "../../../domain/errors.ts";
import * as commands from "../../../domain/vip/commands.ts";
import type { AnsweringCandidate, CandidateFacts } from "../../../domain/vip/facts.ts";
import { fanOut } from "../../kit/fan-out.ts";
import { looking } from "../../kit/observe/looking.ts";
import type { VipPorts } from "../../ports.ts";
import { connectWithRights } from "../connect.ts";
import { candidateWithout } from "./observe.ts";

const timeoutMs = 10_000;

/** One look at every candidate, for a command: with the reason why one could not be looked at. */
export async function lookAtCandidates(
  ports: VipPorts,
  { config, section }: { readonly config: Config; readonly section: VipSection },
): Promise<{
  readonly candidates: Readonly<Record<string, CandidateFacts>>;
  /** Folders that a node cannot write, and without which it takes no order. */
  readonly unwritable: Readonly<Record<string, readonly string[]>>;
  readonly failures: readonly Failure[];
}> {
  const looks = await fanOut(ports, section.candidates, {
    place: ({ node }) => ({ node }),
    work: async ({ node, device }) => ({
      node,
      ...(await looking(ports, node, () => lookAt(ports, { config, section }, { node, device }))),
    }),
  });
  const seen = new Map<string, CandidateFacts>(looks.results.map(({ node, facts }) => [node, facts]));
  for (const { node, code } of looks.failures) if (node !== undefined) seen.set(node, candidateWithout(code));
  return {
    candidates: Object.fromEntries(section.candidates.map(({ node }) => [node, seen.get(node) ?? { state: "silent" }])),
    unwritable: Object.fromEntries(looks.results.map(({ node, unwritable }) => [node, unwritable])),
    failures: looks.failures,
  };
}

async function lookAt(
  ports: VipPorts,
  { config, section }: { readonly config: Config; readonly section: VipSection },
  { node, device }: { readonly node: string; readonly device: string },
): Promise<{ readonly facts: AnsweringCandidate; readonly unwritable: readonly string[] }> {
  const { connection, root, sudo } = await connectWithRights(ports, config, node);
  const text = await ports.scripts.read("vip.sh");
  const targets = commands.targetsOf(section);
  const options = { timeoutMs, maxOutputBytes: 10_000, signal: ports.signal };
  const [probed, checked, reached] = await Promise.all([
    connection.run(commands.probe(text, { cluster: config.cluster, ip: section.ip, device }), options),
    // As the login that carries out orders.
    connection.run(commands.check(text, config.cluster), { ...options, sudo: !root && sudo }),
    targets.length === 0 ? undefined : connection.run(commands.reach(text, targets), options),
  ]);
  const probe = commands.parseProbe(probed.stdout);
  if (!probe) {
    throw new PictlError("command-failed", "The node did not tell about its addresses within 10 s.", {
      hint: `Is \`ip\` there, and is its disk or processor stuck? \`pictl doctor ${node}\` looks closer.`,
    });
  }
  return {
    facts: { ...probe, reaches: (reached && commands.parseReach(reached.stdout, targets)) ?? {} },
    unwritable: commands.parseCheck(checked.stdout) ?? [],
  };
}
