import { renewMs } from "../../../src/app/leadership.ts";
import type { Claim, ClaimAnswer } from "../../../src/domain/guard/claim.ts";
import type { Fence } from "../../../src/domain/guard/command.ts";
import type { Frozen } from "../../../src/domain/leadership/frozen.ts";
import {
  afterRound,
  blockingSet,
  epochToClaim,
  judge,
  type Judgement,
  type LeadershipMemory,
  newStanding,
  raised,
  type Role,
  type Standing,
  thawed,
  toRemember,
} from "../../../src/domain/leadership/judge.ts";

const timeoutMs = 3000;

/** What a controller lends to its leadership: its clock, its chance, its disk, and a way to ask a node. */
export interface Surroundings {
  readonly nodes: readonly string[];
  readonly ttlMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly later: (delay: number, run: () => void) => void;
  readonly claim: (
    node: string,
    asked: Pick<Claim, "owner" | "epoch" | "ttlMs" | "frozen"> & { readonly timeoutMs: number },
    answer: (said: ClaimAnswer | undefined) => void,
  ) => void;
  readonly save: (memory: LeadershipMemory) => void;
}

/** Whether a simulated controller may decide: the real judgement, as `src/app/leadership.ts` asks for it. */
export class Leading {
  #standing: Standing;
  #judged: Pick<Judgement, "role" | "until"> = { role: "standby", until: -Infinity };
  readonly #around: Surroundings;

  constructor(saved: LeadershipMemory, around: Surroundings) {
    this.#standing = newStanding(saved);
    this.#around = around;
  }

  /** Asks once, and from then on again and again; `begun` is called after the first time. */
  begin(begun: () => void): void {
    this.round(() => {
      begun();
      this.#again();
    });
  }

  #again(): void {
    this.#around.later(renewMs, () => {
      this.round(() => {
        this.#again();
      });
    });
  }

  role(): Role {
    const { role, until } = this.#judged;
    return role === "leader" && until <= this.#around.now() ? "unelected" : role;
  }

  until(): number {
    return this.#judged.until;
  }

  fence(): Fence {
    const { owner, epoch } = this.#standing.memory;
    return { owner, epoch };
  }

  raise(): boolean {
    const next = raised(this.#standing);
    if (next) this.#keep(next);
    return next !== undefined;
  }

  frozen(): readonly Frozen[] {
    return this.#standing.memory.frozen;
  }

  thaw(mark: Frozen): void {
    this.#keep(thawed(this.#standing, mark));
  }

  freeze(mark: Frozen, then: (may: boolean) => void): void {
    const mayRaise = (): void => {
      const next = raised(this.#standing, mark);
      if (!next) {
        then(false);
        return;
      }
      this.#keep(next);
      this.#halfStores(next, (stored) => {
        if (!stored) this.thaw(mark);
        then(stored);
      });
    };
    if (this.#standing.confirmed) mayRaise();
    else this.round(mayRaise);
  }

  round(then: () => void): void {
    this.#claimAll(this.#standing, epochToClaim(this.#standing), (first) => {
      const finish = (judgement: Judgement): void => {
        this.#judged = judgement;
        this.#keep(afterRound(this.#standing, judgement));
        then();
      };
      if (first.elect === undefined) finish(first);
      else this.#claimAll(first.standing, first.elect, finish);
    });
  }

  #claimAll(standing: Standing, epoch: number, then: (judgement: Judgement) => void): void {
    const { nodes, ttlMs, now, random } = this.#around;
    const answers: { node: string; sentAt: number; answer: ClaimAnswer }[] = [];
    let open = nodes.length;
    const sentAt = now();
    this.#ask(standing, epoch, (node, answer) => {
      if (answer) answers.push({ node, sentAt, answer });
      open -= 1;
      if (open === 0) then(judge(standing, { nodes, ttlMs, epoch, answers, now: now(), random: random() }));
    });
  }

  #ask(standing: Standing, epoch: number, each: (node: string, answer: ClaimAnswer | undefined) => void): void {
    const { nodes, ttlMs, claim } = this.#around;
    const asked = { owner: standing.memory.owner, epoch, ttlMs, timeoutMs, frozen: toRemember(standing) };
    for (const node of nodes) {
      claim(node, asked, (answer) => {
        each(node, answer);
      });
    }
  }

  #halfStores(next: Standing, then: (stored: boolean) => void): void {
    const half = blockingSet(this.#around.nodes);
    let stored = 0;
    let open = this.#around.nodes.length;
    let settled = false;
    this.#ask(next, next.memory.epoch, (_, answer) => {
      open -= 1;
      if (answer?.claimed === true) stored += 1;
      if (settled || (stored < half && stored + open >= half)) return;
      settled = true;
      then(stored >= half);
    });
  }

  #keep(next: Standing): void {
    this.#standing = next;
    this.#around.save(next.memory);
  }
}
