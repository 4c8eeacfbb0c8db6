import { renewMs } from "../../../src/app/leadership.ts";
import type { ClaimAnswer } from "../../../src/domain/guard/claim.ts";
import type { Fence } from "../../../src/domain/guard/command.ts";
import {
  epochToClaim,
  judge,
  type Judgement,
  type LeadershipMemory,
  newStanding,
  raised,
  type Role,
  type Standing,
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
    asked: Fence & { readonly ttl: number; readonly timeoutMs: number },
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

  round(then: () => void): void {
    this.#claimAll(this.#standing, epochToClaim(this.#standing), (first) => {
      const finish = (judgement: Judgement): void => {
        this.#judged = judgement;
        // What was raised while the answers were on their way.
        const epoch = Math.max(judgement.standing.memory.epoch, this.#standing.memory.epoch);
        const behind = epoch > judgement.standing.memory.epoch;
        const { memory, confirmed } = judgement.standing;
        this.#keep({ ...judgement.standing, memory: { ...memory, epoch }, confirmed: confirmed && !behind });
        then();
      };
      if (first.elect === undefined) finish(first);
      else this.#claimAll(first.standing, first.elect, finish);
    });
  }

  #claimAll(standing: Standing, epoch: number, then: (judgement: Judgement) => void): void {
    const { nodes, ttlMs, now, random, claim } = this.#around;
    const answers: { node: string; sentAt: number; answer: ClaimAnswer }[] = [];
    let open = nodes.length;
    const sentAt = now();
    for (const node of nodes) {
      claim(node, { owner: standing.memory.owner, epoch, ttl: ttlMs, timeoutMs }, (answer) => {
        if (answer) answers.push({ node, sentAt, answer });
        open -= 1;
        if (open === 0) then(judge(standing, { nodes, ttlMs, epoch, answers, now: now(), random: random() }));
      });
    }
  }

  #keep(next: Standing): void {
    this.#standing = next;
    this.#around.save(next.memory);
  }
}
