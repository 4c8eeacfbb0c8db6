import type { Config, VipSection } from "../../../domain/config/types.ts";
import { tickMs } from "../../../domain/vip/decide.ts";
import { holdersOf, type VipFacts } from "../../../domain/vip/facts.ts";
import { formerOf, othersOf, type Surveys } from "../../../domain/vip/strays.ts";
import type { Authority, VipPorts } from "../../ports.ts";
import { askNetwork, newSight, observe, type Watched } from "./observe.ts";
import type { Survey } from "./survey.ts";

/** The last tick's answer of the network stands for so long. */
const askedAgoMs = 3000;

/** How the facts of a tick are seen. */
export interface TickFacts {
  /** Rejects with interrupted. */
  look(watched: Watched): Promise<VipFacts>;
  /** What the network said before somebody got the address says nothing about who takes it then. */
  heldBy(facts: VipFacts): void;
}

/** `waitsForPings`: there is no next tick that would see what they say. */
export function openTickFacts(
  ports: VipPorts,
  {
    authority,
    survey,
    booked,
    waitsForPings,
  }: {
    readonly authority: Authority;
    readonly survey: Survey;
    /** The nodes that may have the address. */
    readonly booked: () => readonly string[];
    readonly waitsForPings: boolean;
  },
): TickFacts {
  const sight = newSight({ waitsForPings });
  let asked: { readonly at: number; readonly answer: boolean | null } | undefined;

  /** Who has lost its row may have the address still: it is looked at until it is seen not to. */
  const withFormer = ({ config, section }: Watched, surveys: Surveys): VipSection => {
    const former = new Set([...booked(), ...formerOf(section, surveys)]);
    for (const { node } of section.candidates) former.delete(node);
    const rows = namesOf(config)
      .filter((node) => former.has(node))
      .map((node) => ({ node, device: "", slave: undefined, pingIntervalMs: tickMs(section) }));
    return { ...section, candidates: [...section.candidates, ...rows] };
  };

  return {
    async look({ config, section }) {
      const at = ports.clock.monotonic();
      const timeoutMs = Math.min(2000, tickMs(section) / 2);
      const watched = { config, section: withFormer({ config, section }, survey.latest()) };
      const candidates = await observe(ports, watched, { timeoutMs, sight });
      if (holdersOf({ candidates }).length > 0) asked = undefined;
      else if (!asked || at - asked.at > askedAgoMs) {
        asked = { answer: await askNetwork(ports, { config, section }, candidates), at: ports.clock.monotonic() };
      }
      const current = authority.current(section);
      const frozen = current.frozen.filter((node) => namesOf(config).includes(node));
      // A renewal waits for nobody else; where the address is not, it must be nobody else's.
      const surveys = holdersOf({ candidates }).length > 0 ? survey.latest() : await survey.known(config, section);
      const others = othersOf(section, surveys);
      return { at, candidates, others, stillAnswered: asked?.answer ?? null, authority: { ...current, frozen } };
    },
    heldBy(facts) {
      if (holdersOf(facts).length > 0) asked = undefined;
    },
  };
}

export function namesOf({ nodes }: Config): readonly string[] {
  return nodes.map(({ name }) => name);
}
