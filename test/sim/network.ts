import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** A node, or the machine of the controller. */
export type Machine = string;
export const controller: Machine = "controller";

/** What is said over one connection in one direction arrives in order. */
export interface Stream {
  arrivesAt: number;
  /** Messages that wait for the line, so that later ones wait behind them. */
  parked: number;
  /** Called when one has waited, or gone, for longer than keepalives take. */
  readonly onSilence: () => void;
}

/** As long as SSH keepalives take to notice: three of 5 s. */
const keepaliveMs = 15_000;
/** TCP gives up what it could not deliver. */
const givesUpMs = 900_000;

/**
 * The lines between machines, each direction by itself. What is sent into a cut line is not lost: TCP sends it again,
 * and it arrives after the line has healed, whether anybody still waits for an answer or not.
 */
export class Network {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #cuts = new Map<string, number>();
  readonly #lags = new Map<string, number>();
  #waiting: { readonly line: string; readonly since: number; readonly go: () => void }[] = [];
  /** How likely it is that a message takes some seconds longer. */
  slow = 0;
  /** Whether a machine has power. */
  readonly #on: (machine: Machine) => boolean;

  constructor(timeline: Timeline, random: Random, on: (machine: Machine) => boolean) {
    this.#timeline = timeline;
    this.#random = random;
    this.#on = on;
  }

  cut(from: Machine, to: Machine): void {
    const line = `${from}>${to}`;
    this.#cuts.set(line, (this.#cuts.get(line) ?? 0) + 1);
  }

  heal(from: Machine, to: Machine): void {
    const line = `${from}>${to}`;
    this.#cuts.set(line, Math.max(0, (this.#cuts.get(line) ?? 0) - 1));
    if (!this.isOpen(from, to)) return;
    const free = this.#waiting.filter((each) => each.line === line);
    this.#waiting = this.#waiting.filter((each) => each.line !== line);
    const after = this.#random.between(50, 4000);
    for (const { since, go } of free) if (this.#timeline.now - since < givesUpMs) this.#timeline.after(after, go);
  }

  /** Messages take up to so many milliseconds longer; 0: as ever. */
  lag(from: Machine, to: Machine, ms: number): void {
    this.#lags.set(`${from}>${to}`, ms);
  }

  /** Slower than a look may take. */
  lags(one: Machine, other: Machine): boolean {
    return [`${one}>${other}`, `${other}>${one}`].some((line) => (this.#lags.get(line) ?? 0) > 0);
  }

  isOpen(from: Machine, to: Machine): boolean {
    return (this.#cuts.get(`${from}>${to}`) ?? 0) === 0;
  }

  /** A packet there and one back, now. */
  reaches(from: Machine, to: Machine): boolean {
    return this.#on(from) && this.#on(to) && this.isOpen(from, to) && this.isOpen(to, from);
  }

  delay(from: Machine, to: Machine): number {
    if (from === to) return 0.1;
    const lag = this.#lags.get(`${from}>${to}`) ?? 0;
    const late = this.slow > 0 && this.#random.chance(this.slow) ? this.#random.between(100, 3000) : 0;
    return this.#random.whole(1, 3) + (lag === 0 ? 0 : this.#random.between(0, lag)) + late;
  }

  stream(onSilence: () => void): Stream {
    return { arrivesAt: 0, parked: 0, onSilence };
  }

  /** Brings a message to a machine: never, when that has no power then. */
  carry(stream: Stream, from: Machine, to: Machine, message: () => void): void {
    const line = `${from}>${to}`;
    const arrive = (): void => {
      if (!this.#on(to)) this.#silent(stream, () => false);
      else if (this.isOpen(from, to)) message();
      else park();
    };
    const park = (): void => {
      stream.parked++;
      let waits = true;
      const go = (): void => {
        waits = false;
        stream.parked--;
        arrive();
      };
      this.#waiting.push({ line, since: this.#timeline.now, go });
      this.#silent(stream, () => !waits);
    };
    if (stream.parked > 0) {
      park();
      return;
    }
    const at = Math.max(stream.arrivesAt, this.#timeline.now + this.delay(from, to));
    stream.arrivesAt = at;
    this.#timeline.after(at - this.#timeline.now, arrive);
  }

  #silent(stream: Stream, heard: () => boolean): void {
    this.#timeline.after(keepaliveMs, () => {
      if (!heard()) stream.onSilence();
    });
  }
}
