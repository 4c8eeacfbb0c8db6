/** What an episode consists of, by its seed alone. */
import { Chance } from "../../test/faults/random.ts";
import { type Kind, kinds } from "./kinds.ts";

export interface Profile {
  readonly name: string;
  readonly mode: "static" | "lease";
  readonly tickMs: number;
  readonly leaseMs: number;
  /** What is promised: from a holder's loss to the next one's grant. */
  readonly takeoverMs: number;
}

export const profiles: readonly Profile[] = [
  { name: "lease 6 s", mode: "lease", tickMs: 2000, leaseMs: 6000, takeoverMs: 11_000 },
  { name: "lease 15 s", mode: "lease", tickMs: 5000, leaseMs: 15_000, takeoverMs: 21_000 },
  { name: "static 2 s", mode: "static", tickMs: 2000, leaseMs: 15_000, takeoverMs: 8000 },
];

export type Step =
  | { readonly do: "move" }
  | {
      readonly do: "fault";
      readonly kind: Kind;
      readonly lastsMs: number;
      /** Something more, which begins later and ends earlier. */
      readonly also: { readonly kind: Kind; readonly afterMs: number } | undefined;
    };

export interface Plan {
  readonly seed: number;
  readonly profile: Profile;
  /** Nodes forward packets, which hides that the network was not told of a move. */
  readonly forwarding: boolean;
  readonly steps: readonly Step[];
}

/** Every fourth step or so is a planned move. */
const moves = 0.25;
const overlaps = 0.2;
/** What lasts for so many times of what a takeover may take ends after it. */
export const longEnough = 1.3;

export function planEpisode(seed: number, faults: number, only: Profile | undefined): Plan {
  const chance = new Chance(seed);
  const drawn = chance.pick([...profiles, profiles[0], profiles[2]]);
  const profile = only ?? drawn ?? profiles[0];
  if (profile === undefined) throw new RangeError("there is no profile");
  const forwarding = chance.next() < 0.5;
  const steps: Step[] = [];
  for (let left = faults; left > 0;) {
    if (chance.next() < moves) steps.push({ do: "move" });
    const kind = draw(kinds, chance);
    const lastsMs = Math.round(kind.brief ? 0 : profile.takeoverMs * howLong(kind, chance));
    const also =
      chance.next() < overlaps && left > 1 && !kind.alone
        ? {
            kind: draw(
              kinds.filter((each) => each.overlaps && each !== kind),
              chance,
            ),
            afterMs: lastsMs * chance.next(),
          }
        : undefined;
    steps.push({ do: "fault", kind, lastsMs, also });
    left -= also === undefined ? 1 : 2;
  }
  return { seed, profile, forwarding, steps };
}

/** In times of what a takeover may take. Of losses most last for long enough to see one. */
function howLong({ loss }: Kind, chance: Chance): number {
  return loss !== undefined && chance.next() < 0.75 ? chance.between(longEnough, 2) : chance.between(0.05, 1.5);
}

function draw(from: readonly Kind[], chance: Chance): Kind {
  return chance.pick(from.flatMap((kind) => Array.from({ length: kind.weight }, () => kind)));
}
