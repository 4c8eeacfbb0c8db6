/** Many seeds at once, in processes of their own, and what is told of them. */
import { fork } from "node:child_process";

export interface Report {
  readonly schedules: number;
  /** What was done in them, by whatever the simulation counts. */
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly seed: number; readonly violation: string }[];
}

export interface Seeds {
  readonly first: number;
  readonly schedules: number;
  readonly jobs: number;
  readonly stopAtFirst: boolean;
}

/** `command`: what replays a seed. Resolves to the counts of all, and to the seeds that broke something. */
export async function many(
  worker: URL,
  { first, schedules, jobs, stopAtFirst }: Seeds,
  command: string,
): Promise<{ readonly done: number; readonly counts: Report["counts"]; readonly broken: readonly number[] }> {
  const startedAt = performance.now();
  let [done, told] = [0, 0];
  const counts: Record<string, number> = {};
  const broken: number[] = [];
  const children = Array.from({ length: jobs }, (_, index) =>
    fork(worker, [String(first + index), String(jobs), String(first + schedules)]),
  );
  const onReport = (report: Report): void => {
    done += report.schedules;
    for (const [what, count] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + count;
    for (const { seed, violation } of report.broken) {
      broken.push(seed);
      process.stdout.write(
        `seed ${String(seed)}: ${violation}\n  replay: ${command} -- --seed ${String(seed)} --trace\n`,
      );
    }
    if (broken.length > 0 && stopAtFirst) for (const child of children) child.kill();
    const seconds = (performance.now() - startedAt) / 1000;
    if (seconds - told < 5) return;
    told = seconds;
    const pace = (done / seconds).toFixed(0);
    process.stdout.write(
      `${String(done)} of ${String(schedules)} schedules, ${String(broken.length)} broken, ${pace}/s\n`,
    );
  };
  const ends = children.map(async (child) => {
    child.on("message", onReport);
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    if (code !== 0 && broken.length === 0) throw new Error(`a worker ended with ${String(code)}`);
  });
  await Promise.all(ends);
  return { done, counts, broken };
}

/** The work of one process: every nth seed of those that it was started with, told once a second. */
export async function work(
  run: (seed: number) => Promise<{ readonly violation: string | undefined; readonly counts: Report["counts"] }>,
): Promise<void> {
  const [first = 1, step = 1, end = 2] = process.argv.slice(2).map(Number);
  let report = {
    schedules: 0,
    counts: {} as Record<string, number>,
    broken: [] as { seed: number; violation: string }[],
  };
  let toldAt = performance.now();
  const tell = (): void => {
    process.send?.(report satisfies Report);
    report = { schedules: 0, counts: {}, broken: [] };
    toldAt = performance.now();
  };
  for (let seed = first; seed < end; seed += step) {
    const { violation, counts } = await run(seed);
    report.schedules += 1;
    for (const [what, count] of Object.entries(counts)) report.counts[what] = (report.counts[what] ?? 0) + count;
    if (violation !== undefined) report.broken.push({ seed, violation });
    if (performance.now() - toldAt > 1000 || violation !== undefined) tell();
  }
  tell();
  process.disconnect();
}
