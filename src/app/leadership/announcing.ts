import type { Config } from "../../domain/config/types.ts";
import { commandWindowMs } from "../../domain/guard/command.ts";
import { announced, type Judgement, type Standing } from "../../domain/leadership/judge.ts";
import type { Ports } from "../ports.ts";
import { announce, type ClaimInput, type ClaimPorts } from "./claim.ts";

/** Sees to it that nothing of who led before begins any more before a new leader acts. */
export interface Announcing {
  /** An election was won. */
  elected(): void;
  /** To be called after a leader's round. Resolves at once while nodes are still being told. */
  go(config: Config, judgement: Judgement): Promise<void>;
}

export function openAnnouncing(
  ports: ClaimPorts & Pick<Ports, "nodes" | "concurrency">,
  {
    standing,
    keep,
    cannot,
  }: {
    readonly standing: () => Standing;
    readonly keep: (standing: Standing) => Promise<void>;
    readonly cannot: ClaimInput["cannot"];
  },
): Announcing {
  /** Of the last election, or of our start where that is not known. */
  let since = ports.clock.monotonic();
  let telling: Promise<void> | undefined;
  const nodes: ClaimInput["nodes"] = {
    connect: (node, signal) => ports.nodes.connect(node, signal),
    // These connections are everybody's: one that is slow is not given up for this.
    discard: () => undefined,
  };
  const tell = async (config: Config, told: readonly string[]): Promise<void> => {
    const election = since;
    const others = config.nodes.filter(({ name }) => !told.includes(name));
    const know = await announce(ports, { config, standing: standing(), nodes, cannot }, others);
    const hadTime = ports.clock.monotonic() - election > commandWindowMs;
    if (election === since && (hadTime || know.length === others.length)) await keep(announced(standing()));
  };
  return {
    elected() {
      since = ports.clock.monotonic();
    },
    async go(config, { told }) {
      if (standing().memory.announced) return;
      telling ??= tell(config, told).finally(() => (telling = undefined));
      if (told.length === config.nodes.length) await telling;
      else telling.catch(() => undefined);
    },
  };
}
