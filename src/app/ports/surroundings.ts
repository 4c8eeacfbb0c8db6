import type { ControllerFacts, StateDir } from "../../domain/doctor/controller.ts";

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine pictl runs on, as `doctor` looks at it. */
export interface Controller {
  /** Leaves nothing behind. Never rejects: what cannot be looked at is told in the facts. */
  look(paths: { readonly config: string; readonly stateDir: string }): Promise<ControllerFacts>;
  /** Whether the state folder can be written, by writing there; never rejects. */
  lookAtStateDir(path: string): Promise<StateDir>;
}

/** What a command shows while it works. The lines are for people; nothing is decided on them. */
export interface Progress {
  /**
   * One step of the command, shown until it ends. `where` is a node or container@node. A step that only `look`s is
   * not worth a line where there is no terminal to redraw.
   */
  step(where: string, title: string): ProgressStep;
  look(where: string): ProgressStep;
  /** A warning for stderr, once each. */
  warn(message: string): void;
}

export interface ProgressStep {
  update(text: string): void;
  done(text?: string): void;
  /** Why is told in the report. */
  fail(): void;
}

/** Questions to a person. Each throws confirmation-missing, naming the way around, when nobody can be asked. */
export interface Ask {
  /** `instead`: the flag that answers without a terminal, such as `--yes`. */
  confirm(question: string, instead: string): Promise<boolean>;
  /** Asked again while `objection` has something to say against the answer. */
  text(question: string, instead: string, objection: (answer: string) => string | undefined): Promise<string>;
  /** Not shown while typed. */
  hidden(question: string, instead: string): Promise<string>;
}

/** The scripts that run on nodes (`templates/`). */
export interface Scripts {
  /** The text, without comments. */
  read(name: "guard.sh" | "vip.sh" | "rsyslog.pl"): Promise<string>;
}
