/** What templates/guard.sh does, as values: for simulations. `test/templates/guard-model.test.ts` compares the two. */

export interface ModelFence {
  readonly epoch: number;
  readonly owner: string;
}

export type Verdict = "run" | "late" | "rebooted" | "superseded";

/** One node's memory. Times are milliseconds on its own clock (`/proc/uptime`), which the caller reads. */
export class GuardModel {
  boot = 1;
  promise = { epoch: 0, owner: "-", ttl: 0 };
  #until: { readonly until: number; readonly boot: number } | undefined;

  /** Everything that is not on a disk is gone. */
  reboot(): void {
    this.boot += 1;
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
      this.promise = { epoch, owner, ttl: 0 };
      this.#until = { until: 0, boot: this.boot };
    }
    return "run";
  }

  claim(
    uptime: number,
    call: ModelFence & { readonly ttl: number; readonly boot?: number; readonly deadline?: number },
  ): { readonly claimed: boolean; readonly epoch: number; readonly owner: string; readonly left: number } | Verdict {
    const late = this.#time(uptime, call);
    if (late) return late;
    const { epoch, owner } = call;
    let left = this.#left(uptime);
    const before = this.promise;
    const may = epoch > 0 && epoch >= before.epoch && (owner === before.owner || (left === 0 && epoch > before.epoch));
    if (may) {
      const ttl = left < call.ttl ? call.ttl : before.ttl;
      left = Math.max(left, call.ttl);
      this.promise = { epoch, owner, ttl };
      this.#until = { until: uptime + left, boot: this.boot };
    } else if (this.#until?.boot !== this.boot && before.ttl > 0) {
      this.#until = { until: uptime + before.ttl, boot: this.boot };
    }
    return { claimed: may, epoch: this.promise.epoch, owner: this.promise.owner, left };
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
