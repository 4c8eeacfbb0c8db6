import { safety } from "../../src/domain/safety.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

interface Surroundings {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly uptimeMs: () => number;
  /** Somebody else in the network answers for it. */
  readonly answered: () => boolean;
}

const own = "10.0.0.9";

/** The virtual address on a node: its kernel, and what templates/vip.sh does there. */
export class SimAddress {
  /** When the kernel takes away what pictl has given; undefined: it is not there. */
  until: number | undefined;
  /** Somebody else has given it too, with another prefix length. */
  foreign = false;
  /** Its cable is plugged in. */
  carrier = true;
  /** Where it is written down that pictl has given it: in /run, and on the disk. */
  readonly marks = { run: false, disk: false };
  readonly #world: Surroundings;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  isThere(): boolean {
    return this.until !== undefined && this.#world.timeline.now < this.until;
  }

  /** It is there, and known to have come from pictl. */
  #isOurs(): boolean {
    return this.isThere() && (this.marks.run || this.marks.disk);
  }

  /** Marks of an earlier boot count for nothing. */
  powerOff(): void {
    this.until = undefined;
    this.marks.run = this.marks.disk = false;
  }

  /** All that is in /run/pictl is gone. */
  forget(): void {
    this.marks.run = false;
  }

  /** Whoever gave it. */
  isAnswered(): boolean {
    return this.foreign || this.isThere();
  }

  /** Throws a RangeError for a verb that the simulation does not know. */
  execute(
    [verb, , ip, , ends]: readonly string[],
    deadlineMs: number,
    said: (code: number, stdout?: string) => void,
  ): void {
    switch (verb) {
      case "probe":
        said(
          0,
          ["device", ...(this.carrier ? ["carrier"] : []), ...this.#holds(), ...this.#foreign(""), "end\n"].join("\n"),
        );
        return;
      case "survey":
        said(0, [...this.#foreign(`${ip ?? ""} `), ...(this.#isOurs() ? [`given ${own}`] : []), "end\n"].join("\n"));
        return;
      case "ask":
        this.#world.timeline.after(1000, () => {
          said(0, !this.carrier ? "cannot" : this.#world.answered() ? "answered" : "nobody");
        });
        return;
      case "check":
        said(0, "end\n");
        return;
      case "grant":
        said(!this.#isOurs() && this.isAnswered() ? 79 : this.#grant(ends === "lease" ? deadlineMs : undefined));
        return;
      case "remove":
        if (this.#isOurs()) this.until = undefined;
        this.marks.run = this.marks.disk = false;
        said(0, "removed\n");
        return;
      default:
        throw new RangeError(`the simulated node does not know vip.sh ${String(verb)}`);
    }
  }

  #foreign(about: string): readonly string[] {
    const lost = this.isThere() && !this.#isOurs();
    return [
      ...(this.foreign ? [`foreign ${about}eth0 ${own}/24`] : []),
      ...(lost ? [`foreign ${about}eth0 ${own}/32`] : []),
    ];
  }

  #holds(): readonly string[] {
    if (this.until === undefined || !this.#isOurs()) return [];
    const left = this.until === Infinity ? "forever" : Math.ceil((this.until - this.#world.timeline.now) / 1000);
    return [`holds ${String(left)} eth0 ${own}/32`];
  }

  /** Returns the exit code. */
  #grant(deadlineMs: number | undefined): number {
    const { timeline, random, uptimeMs } = this.#world;
    if (deadlineMs === undefined) {
      this.marks.run = this.marks.disk = true;
      this.until = Infinity;
      return 0;
    }
    // Without the deadline a lease is what was asked for, counted from when it happens to arrive.
    const seconds = Math.floor((safety.deadline ? deadlineMs - uptimeMs() : relativeLeaseMs) / 1000);
    if (seconds < 1) return 75;
    this.marks.run = this.marks.disk = true;
    this.until = timeline.now + seconds * 1000 + kernelLateness(random);
    return 0;
  }
}

/** As measured: mostly on time, sometimes two seconds late, a hair too early at the most. */
function kernelLateness(random: Random): number {
  return random.chance(0.3) ? random.between(1000, 2030) : random.between(-20, 500);
}

/** What a lease without a deadline of its own would say. */
const relativeLeaseMs = 6000;
