import pMap from "p-map";
import type { Config, VipSection } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import * as commands from "../../domain/vip/commands.ts";
import type { NodeSurvey } from "../../domain/vip/facts.ts";
import type { Surveys } from "../../domain/vip/strays.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { VipPorts } from "../ports.ts";
import { within } from "./connect.ts";

/** A node that has not told within this time has not answered, milliseconds. */
const timeoutMs = 3000;

/** What the nodes of a config tell of virtual IPs, candidates or not; as they last did. */
export interface Survey {
  /** Asks every node at once. Rejects only when interrupted. */
  look(config: Config): Promise<Surveys>;
  /** What is known now. */
  latest(): Surveys;
  /** The same, after a look if nobody was asked for this address yet. Rejects only when interrupted. */
  known(config: Config, section: Pick<VipSection, "ip">): Promise<Surveys>;
}

export function openSurvey(ports: VipPorts): Survey {
  let told: Surveys = new Map();
  let asked: readonly string[] = [];
  let looking: Promise<Surveys> = Promise.resolve(told);
  const look = async (config: Config): Promise<Surveys> => {
    const text = await ports.scripts.read("vip.sh");
    const answers = await pMap(
      config.nodes,
      async ({ name }): Promise<[string, NodeSurvey | undefined]> => [
        name,
        await askNode(ports, config, { name, text }),
      ],
      { concurrency: ports.concurrency },
    );
    // Who does not answer now has not lost what it had.
    const latest = answers.map(([name, answer]) => [name, answer ?? told.get(name)] as const);
    told = new Map(latest.flatMap(([name, answer]) => (answer ? [[name, answer] as const] : [])));
    return told;
  };
  const begin = (config: Config): Promise<Surveys> => {
    asked = config.vips.map(({ ip }) => ip);
    looking = look(config);
    return looking;
  };
  return {
    look: begin,
    latest: () => told,
    known: (config, { ip }) => (asked.includes(ip) ? looking : begin(config)),
  };
}

async function askNode(
  ports: VipPorts,
  config: Config,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<NodeSurvey | undefined> {
  try {
    const ips = config.vips.map(({ ip }) => ip);
    const connection = await within(ports, ports.vipNodes.connect(nodeOf(config, name), ports.signal), timeoutMs);
    const outcome = await connection?.run(commands.survey(text, config.cluster, ips), {
      timeoutMs,
      maxOutputBytes: 100_000,
      signal: ports.signal,
    });
    return outcome && commands.parseSurvey(outcome.stdout);
  } catch (error) {
    if (ports.signal.aborted || !(error instanceof PictlError)) throw error;
    return undefined;
  }
}
