import pMap from "p-map";
import type { Config, VipSection } from "../../../domain/config/types.ts";
import { PictlError } from "../../../domain/errors.ts";
import * as commands from "../../../domain/vip/commands.ts";
import type { NodeSurvey } from "../../../domain/vip/facts.ts";
import type { Surveys } from "../../../domain/vip/strays.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { VipPorts } from "../../ports.ts";
import { within } from "../connect.ts";

/** A node that has not told within this time has not answered, milliseconds. */
const timeoutMs = 3000;

/**
 * How long a node is believed that has told twice that it has no address, while the config has none to give: then only
 * another leader could give it one. Nodes without virtual IPs are not worked for in every round.
 */
const believedMs = 10 * 60_000;

/** What the nodes of a config tell of virtual IPs, candidates or not; as they last did. */
export interface Survey {
  /**
   * Asks every node at once. `believing`: but not those that are known to have nothing. Rejects only when interrupted.
   */
  look(config: Config, options?: { readonly believing?: boolean }): Promise<Surveys>;
  /** What is known now. */
  latest(): Surveys;
  /** The same, after a look if nobody was asked for this address yet. Rejects only when interrupted. */
  known(config: Config, section: Pick<VipSection, "ip">): Promise<Surveys>;
}

export function openSurvey(ports: VipPorts): Survey {
  let told: Surveys = new Map();
  let asked: readonly string[] = [];
  let looking: Promise<Surveys> = Promise.resolve(told);
  const quiet = new Map<string, Quiet>();
  const look = async (config: Config, believing: boolean): Promise<Surveys> => {
    const text = await ports.scripts.read("vip.sh");
    const now = ports.clock.monotonic();
    const givesNone = config.vips.length === 0;
    const answers = await pMap(
      config.nodes.filter(({ name }) => !(believing && givesNone && isBelieved(quiet.get(name), now))),
      async ({ name }): Promise<[string, NodeSurvey | undefined]> => [
        name,
        await askNode(ports, config, { name, text }),
      ],
      { concurrency: ports.concurrency },
    );
    for (const [name, answer] of answers) {
      if (givesNone && answer?.given.length === 0)
        quiet.set(name, { at: now, times: (quiet.get(name)?.times ?? 0) + 1 });
      else quiet.delete(name);
    }
    // Who does not answer now has not lost what it had.
    const heard = new Map(answers);
    const latest = config.nodes.map(({ name }) => [name, heard.get(name) ?? told.get(name)] as const);
    told = new Map(latest.flatMap(([name, answer]) => (answer ? [[name, answer] as const] : [])));
    return told;
  };
  const begin = (config: Config, believing: boolean): Promise<Surveys> => {
    asked = config.vips.map(({ ip }) => ip);
    looking = look(config, believing);
    return looking;
  };
  return {
    look: (config, { believing = false } = {}) => begin(config, believing),
    latest: () => told,
    known: (config, { ip }) => (asked.includes(ip) ? looking : begin(config, false)),
  };
}

/** Of a node that has no address from pictl. */
interface Quiet {
  readonly at: number;
  /** How often it has said so, one time after the other: an order that was on its way may arrive after the first. */
  readonly times: number;
}

function isBelieved(quiet: Quiet | undefined, now: number): boolean {
  return quiet !== undefined && quiet.times > 1 && now - quiet.at < believedMs;
}

async function askNode(
  ports: VipPorts,
  config: Config,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<NodeSurvey | undefined> {
  try {
    const ips = config.vips.map(({ ip }) => ip);
    const connection = await within(ports, ports.nodes.connect(nodeOf(config, name), ports.signal), timeoutMs);
    const outcome = await connection?.run(commands.survey(text, config.cluster, ips), {
      timeoutMs,
      ahead: true,
      maxOutputBytes: 100_000,
      signal: ports.signal,
    });
    return outcome && commands.parseSurvey(outcome.stdout);
  } catch (error) {
    if (ports.signal.aborted || !(error instanceof PictlError)) throw error;
    return undefined;
  }
}
