import type { Failure } from "../../domain/errors.ts";
import type { Caller } from "../perform.ts";

/** One run of an operation that changes something, as everybody may see it. */
export interface Job extends Caller {
  readonly id: string;
  /** The operation's. */
  readonly operation: string;
  /** What was set, without secrets. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The command line that does the same; null where no command does. */
  readonly command: string | null;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** Null while it runs. */
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly state: "running" | "done" | "failed" | "cancelled";
  /** As the command would have ended with; null while it runs. */
  readonly exitCode: number | null;
  /** Its steps, in the order in which they began. Of very many, the first that are over are left out. */
  readonly steps: readonly JobStep[];
  readonly warnings: readonly string[];
}

export interface JobStep {
  /** A node, or container@node. */
  readonly where: string;
  readonly title: string;
  /** What it is at, or came to. */
  readonly text: string;
  readonly state: "running" | "done" | "failed";
}

/** What a job came to: the document that `--json` prints. */
export interface JobReport {
  readonly ok: boolean;
  readonly exitCode: number;
  /** Null, too, when it is larger than what is kept. */
  readonly result: object | null;
  readonly failures: readonly Failure[];
}

/** All that is kept of a job. */
export interface JobDetail extends Job {
  /** The last rows that it handed on while it ran, such as the lines of a command. */
  readonly output: readonly object[];
  readonly report: JobReport | null;
}

/** What a watcher is told. */
export type JobChange = { readonly job: Job } & (
  | { readonly kind: "started" }
  | { readonly kind: "ended" }
  | { readonly kind: "step"; readonly step: JobStep }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "row"; readonly row: object }
);

/** What is kept of one job. */
const kept = { steps: 500, warnings: 100, rows: 1000, rowBytes: 256 * 1024, reportBytes: 256 * 1024, text: 1000 };

/** What a running job fills: bounded, whatever its operation says. */
export class JobLog {
  readonly #steps: JobStep[] = [];
  readonly #warnings = new Set<string>();
  readonly #rows: { readonly row: object; readonly bytes: number }[] = [];
  #rowBytes = 0;

  get steps(): readonly JobStep[] {
    return [...this.#steps];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  get output(): readonly object[] {
    return this.#rows.map(({ row }) => row);
  }

  /** Returns what replaces the step with what became of it, and undefined for what was left out since. */
  begin(where: string, title: string): (change: Pick<JobStep, "text" | "state">) => JobStep {
    let step: JobStep = { where, title: cut(title), text: "", state: "running" };
    this.#steps.push(step);
    if (this.#steps.length > kept.steps) this.#drop();
    return ({ text, state }) => {
      const index = this.#steps.indexOf(step);
      step = { ...step, text: cut(text), state };
      if (index !== -1) this.#steps[index] = step;
      return step;
    };
  }

  /** Each text once. */
  warn(text: string): boolean {
    const warning = cut(text);
    if (this.#warnings.has(warning) || this.#warnings.size >= kept.warnings) return false;
    this.#warnings.add(warning);
    return true;
  }

  add(row: object): void {
    const bytes = JSON.stringify(row).length;
    this.#rows.push({ row, bytes });
    this.#rowBytes += bytes;
    while (this.#rows.length > kept.rows || this.#rowBytes > kept.rowBytes) {
      const first = this.#rows.shift();
      if (!first) return;
      this.#rowBytes -= first.bytes;
    }
  }

  #drop(): void {
    const over = this.#steps.findIndex(({ state }) => state !== "running");
    this.#steps.splice(Math.max(0, over), 1);
  }
}

/** The report as it is kept: of one that is larger than that, only what failed. */
export function keptReport(report: JobReport): JobReport {
  if (JSON.stringify(report).length <= kept.reportBytes) return report;
  const failures = report.failures.slice(0, 100).map((failure) => ({ ...failure, message: cut(failure.message) }));
  return { ...report, result: null, failures };
}

function cut(text: string): string {
  return text.length <= kept.text ? text : `${text.slice(0, kept.text)}…`;
}
