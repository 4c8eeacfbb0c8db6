/** What templates/guard.sh does, as values: for simulations. `test/templates/guard-model.test.ts` compares the two. */

export interface ModelFence {
  readonly epoch: number;
  readonly owner: string;
}

export type Verdict = "run" | "late" | "rebooted" | "superseded";

/** One node's memory. Times are milliseconds on its own clock (`/proc/uptime`), which the caller reads. */
export class GuardModel {
  boot = 1;
  promise = { epoch: 0, owner: "-", ttl: 0, markedAt: 0, marks: "-" };
  #until: { readonly until: number; readonly boot: number } | undefined;

  copy(): GuardModel {
    const other = new GuardModel();
    [other.boot, other.promise, other.#until] = [this.boot, this.promise, this.#until];
    return other;
  }

  /** All that decides what it answers from now on, with times from now. */
  toJSON(uptime: number): unknown {
    const { epoch, owner, ttl, markedAt, marks } = this.promise;
    return [epoch, owner, ttl, markedAt, marks, this.#left(uptime), this.#until?.boot === this.boot];
  }

  /** Everything that is not on a disk is gone. */
  reboot(): void {
    this.boot += 1;
  }

  /** What is in /run is gone, in the same boot. */
  forget(): void {
    this.#until = undefined;
  }

  run(
    uptime: number,
    call: { readonly boot?: number; readonly deadline?: number; readonly fence?: ModelFence | undefined },
  ): Verdict {
    const late = this.#time(uptime, call);
    if (late) return late;
    if (!call.fence) return "run";
    const { epoch, owner } = call.fence;
    const left = this.#left(uptime);
    if (epoch < this.promise.epoch) return "superseded";
    if (epoch === this.promise.epoch && owner !== this.promise.owner && left > 0) return "superseded";
    if (owner === this.promise.owner) {
      this.promise = { ...this.promise, epoch };
    } else {
      this.promise = { ...this.promise, epoch, owner, ttl: 0 };
      this.#until = { until: 0, boot: this.boot };
    }
    return "run";
  }

  /** `marks`: empty ones leave what is there. */
  claim(
    uptime: number,
    call: ModelFence & {
      readonly ttl: number;
      readonly marks: string;
      /** Added to what is remembered. */
      readonly electorate?: string;
      readonly boot?: number;
      readonly deadline?: number;
    },
  ):
    | (ModelFence & {
        readonly claimed: boolean;
        readonly left: number;
        readonly markedAt: number;
        readonly marks: string;
      })
    | Verdict {
    const late = this.#time(uptime, call);
    if (late) return late;
    const { epoch, owner } = call;
    let left = this.#left(uptime);
    const before = this.promise;
    const may = epoch > 0 && epoch >= before.epoch && (owner === before.owner || (left === 0 && epoch > before.epoch));
    if (may) {
      const ttl = left < call.ttl ? call.ttl : before.ttl;
      left = Math.max(left, call.ttl);
      const { markedAt, marks } = call.marks === "" ? before : { markedAt: epoch, marks: call.marks };
      this.promise = { epoch, owner, ttl, markedAt, marks: withWord(marks, call.electorate ?? "") };
      this.#until = { until: uptime + left, boot: this.boot };
    } else if (this.#until?.boot !== this.boot && before.ttl > 0) {
      this.#until = { until: uptime + before.ttl, boot: this.boot };
    }
    return { claimed: may, ...this.promise, left };
  }

  #time(uptime: number, call: { readonly boot?: number; readonly deadline?: number }): Verdict | undefined {
    if (call.boot !== undefined && call.boot !== this.boot) return "rebooted";
    if (call.deadline !== undefined && uptime > call.deadline) return "late";
    return undefined;
  }

  #left(uptime: number): number {
    if (this.#until?.boot !== this.boot) return this.promise.ttl;
    return Math.max(0, this.#until.until - uptime);
  }
}

function withWord(marks: string, word: string): string {
  const words = marks === "-" ? [] : marks.split(",");
  return word === "" || words.includes(word) ? marks : [...words, word].join(",");
}
