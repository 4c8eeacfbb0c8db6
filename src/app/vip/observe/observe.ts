import type { Config, VipSection } from "../../../domain/config/types.ts";
import { type ErrorCode, PictlError } from "../../../domain/errors.ts";
import * as commands from "../../../domain/vip/commands.ts";
import { isRefusalCode } from "../../../domain/ssh/connect/refusal.ts";
import type { AnsweringCandidate, CandidateFacts } from "../../../domain/vip/facts.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { Connection, VipPorts } from "../../ports.ts";
import { connectWithRights, within } from "../connect.ts";

export interface Watched {
  readonly config: Config;
  readonly section: VipSection;
}

/** A node that did not answer the last time is waited for so long; its connection goes on being tried meanwhile. */
const silentPatienceMs = 300;
/** `reach` waits a second for what does not answer. */
const reachTimeoutMs = 3000;

/** What is kept between looks. */
export interface VipSight {
  /** Nodes that did not answer the last time. */
  silent: ReadonlySet<string>;
  /** What nodes could ping when they last tried: pings to what is dead take longer than a look may. */
  readonly reached: Map<string, AnsweringCandidate["reaches"]>;
  readonly pinging: Set<string>;
  /** There will be no next look: this one has to know what nodes can ping. */
  readonly waitsForPings: boolean;
}

export function newSight({ waitsForPings }: Pick<VipSight, "waitsForPings">): VipSight {
  return { silent: new Set(), reached: new Map(), pinging: new Set(), waitsForPings };
}

/** Looks at all candidates at once. Takes no longer than `timeoutMs` and the pings that are waited for; rejects only when interrupted. */
export async function observe(
  ports: VipPorts,
  watched: Watched,
  { sight, timeoutMs }: { readonly sight: VipSight; readonly timeoutMs: number },
): Promise<Readonly<Record<string, CandidateFacts>>> {
  const nodes = watched.section.candidates.map(({ node }) => node);
  const seen = await Promise.all(
    nodes.map(async (node): Promise<[string, CandidateFacts]> => {
      return [node, await lookAt(ports, watched, node, { sight, timeoutMs })];
    }),
  );
  sight.silent = new Set(seen.filter(([, facts]) => facts.state !== "answers").map(([node]) => node));
  return Object.fromEntries(seen);
}

async function lookAt(
  ports: VipPorts,
  { config, section }: Watched,
  name: string,
  { sight, timeoutMs }: { readonly sight: VipSight; readonly timeoutMs: number },
): Promise<CandidateFacts> {
  const { ip } = section;
  const device = section.candidates.find((each) => each.node === name)?.device ?? "";
  try {
    const patienceMs = sight.silent.has(name) ? Math.min(silentPatienceMs, timeoutMs) : timeoutMs;
    const connecting = ports.vipNodes.connect(nodeOf(config, name), ports.signal);
    const connection = await within(ports, connecting, patienceMs);
    if (!connection) return { state: "silent" };
    const text = await ports.scripts.read("vip.sh");
    const pings = ping(ports, { connection, sight, text, section });
    const options = { timeoutMs, maxOutputBytes: 10_000, signal: ports.signal };
    const outcome = await connection.run(commands.probe(text, { cluster: config.cluster, ip, device }), options);
    // A line that was cut while it was in use stays silent for long after it has healed.
    if (outcome.status === "unknown") ports.vipNodes.discard(name);
    const probe = commands.parseProbe(outcome.stdout);
    if (sight.waitsForPings) await pings;
    return probe ? { ...probe, reaches: sight.reached.get(name) ?? {} } : { state: "silent" };
  } catch (error) {
    if (ports.signal.aborted) throw error;
    return candidateWithout(error instanceof PictlError ? error.code : "internal");
  }
}

/** One try at a time for each node; what it finds is there for the next look. */
async function ping(
  ports: VipPorts,
  { connection, sight, text, section }: { connection: Connection; sight: VipSight; text: string; section: VipSection },
): Promise<void> {
  const { node } = connection;
  const targets = commands.targetsOf(section);
  if (targets.length === 0 || sight.pinging.has(node)) return;
  sight.pinging.add(node);
  try {
    const outcome = await connection.run(commands.reach(text, targets), {
      timeoutMs: reachTimeoutMs,
      maxOutputBytes: 10_000,
      signal: ports.signal,
    });
    const reaches = commands.parseReach(outcome.stdout, targets);
    if (reaches) sight.reached.set(node, reaches);
    else sight.reached.delete(node);
  } catch {
    sight.reached.delete(node);
  } finally {
    sight.pinging.delete(node);
  }
}

/** A candidate that could not be looked at, for this reason. */
export function candidateWithout(code: ErrorCode): CandidateFacts {
  return isRefusalCode(code) ? { state: "refused", code } : { state: "silent" };
}

/** Candidates asked at a time. */
const askedAtOnce = 2;
/** `ask` takes one to two seconds. */
const askTimeoutMs = 4000;

/** Whether somebody in the network answers for the address, as candidates hear it that do not have it. */
export async function askNetwork(
  ports: VipPorts,
  { config, section }: Watched,
  seen: Readonly<Record<string, CandidateFacts>>,
): Promise<boolean | null> {
  const able = section.candidates.filter(({ node }) => {
    const facts = seen[node];
    return facts?.state === "answers" && facts.device && facts.carrier && facts.holds === null;
  });
  const text = await ports.scripts.read("vip.sh");
  const answers = await Promise.all(
    able.slice(0, askedAtOnce).map(async ({ node, device }) => {
      try {
        const connected = await within(ports, connectWithRights(ports, config, node), askTimeoutMs);
        if (!connected) return null;
        const { connection, root, sudo } = connected;
        const outcome = await connection.run(commands.ask(text, { ip: section.ip, device }), {
          timeoutMs: askTimeoutMs,
          sudo: !root && sudo,
          signal: ports.signal,
        });
        return commands.parseAsk(outcome.stdout);
      } catch (error) {
        if (ports.signal.aborted) throw error;
        return null;
      }
    }),
  );
  return answers.includes(true) ? true : answers.includes(false) ? false : null;
}
