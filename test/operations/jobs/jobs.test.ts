import { expect, test } from "vitest";
import { abortable } from "../../../src/abort.ts";
import { record } from "../../../src/app/kit/record.ts";
import type { Clock } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import type { OperationContext } from "../../../src/operations/context.ts";
import type { OpenCluster } from "../../../src/app/ports.ts";
import * as field from "../../../src/operations/fields.ts";
import { type Jobs, openJobs } from "../../../src/operations/jobs/index.ts";
import type { JobChange } from "../../../src/operations/jobs/job.ts";
import { operation } from "../../../src/operations/operation.ts";
import { config } from "../../fakes/config.ts";

const alice = { caller: { who: "alice@here", face: "api", address: "192.0.2.7" } } as const;

type Work = (context: OperationContext) => Promise<{ failures: readonly never[]; result: object }>;
const ok = { result: { things: [] }, failures: [] as never[] };

/** An operation that does what it is given. */
function doing(work: Work = async () => ok) {
  return operation(
    {
      id: "probe.run",
      command: "probe",
      route: "POST /probe",
      role: "operator",
      changes: true,
      summary: "Do it.",
      button: "Do",
      output: "status",
      input: { node: field.list("Nodes."), password: field.secret("Secret.") },
    },
    (context) => work(context),
  );
}

/** Jobs on a clock that only the test moves. */
function open(limits: { readonly maxJobs?: number; readonly maxAgeMs?: number } = {}) {
  let now = Date.parse("2026-01-31T10:00:00Z");
  const events: PictlEvent[] = [];
  const bugs: unknown[] = [];
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: () => Promise.resolve() };
  const cluster = {
    config: config(),
    store: { read: async () => ({ config: config() }) },
    ports: {
      clock,
      events: { cluster: "test", append: async (event: PictlEvent) => void events.push(event) },
    },
  } as unknown as OpenCluster;
  let count = 0;
  const jobs = openJobs({ cluster, newId: () => `j${String(++count)}`, onBug: (bug) => bugs.push(bug), ...limits });
  const changes: JobChange[] = [];
  jobs.watch((change) => changes.push(change));
  return { jobs, events, bugs, changes, pass: (ms: number) => (now += ms) };
}

/** A job that runs until it is let go or cancelled. */
function waiting(): { readonly work: Work; readonly go: () => void } {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const work: Work = async ({ ports }) => {
    await abortable(gone, ports.signal);
    return ok;
  };
  return { work, go };
}

test("a job tells who, through what and with what, and what came of it", async () => {
  const { jobs, events, pass } = open();
  const { job, ended } = jobs.start(
    doing(async () => {
      pass(1500);
      return ok;
    }),
    { node: ["n1"], password: "canary" },
    alice,
  );
  expect(job).toMatchObject({ id: "j1", state: "running", endedAt: null, who: "alice@here", face: "api" });
  await ended;
  expect(jobs.get("j1")).toMatchObject({
    operation: "probe.run",
    input: { node: ["n1"], password: "[REDACTED]" },
    command: "pictl probe --node n1",
    state: "done",
    exitCode: 0,
    startedAt: "2026-01-31T10:00:00.000Z",
    endedAt: "2026-01-31T10:00:01.500Z",
    durationMs: 1500,
    report: { ok: true, exitCode: 0, result: { things: [] }, failures: [] },
  });
  expect(events).toMatchObject([
    {
      type: "job.done",
      job: "j1",
      who: "alice@here",
      face: "api",
      address: "192.0.2.7",
      cause: "pictl probe --node n1",
      after: { operation: "probe.run", exitCode: 0 },
      durationMs: 1500,
    },
  ]);
  expect(JSON.stringify([events, jobs.get("j1")])).not.toContain("canary");
});

test("its events carry its id, its steps and lines are kept and told while it runs", async () => {
  const { jobs, events, changes } = open();
  const run = doing(async ({ ports, rows }) => {
    const step = ports.progress.step("web@n1", "create");
    step.update("pulling");
    step.done("created");
    ports.progress.step("db@n2", "create").fail();
    ports.progress.look("n3").done();
    ports.progress.warn("Mind the gap.");
    ports.progress.warn("Mind the gap.");
    await rows.row({ line: "hello" });
    await record(ports, { type: "container.created", node: "n1" });
    return ok;
  });
  await jobs.start(run, {}, alice).ended;
  expect(events[0]).toMatchObject({ type: "container.created", job: "j1", face: "api" });
  expect(jobs.get("j1")).toMatchObject({
    steps: [
      { where: "web@n1", title: "create", text: "created", state: "done" },
      { where: "db@n2", title: "create", state: "failed" },
    ],
    warnings: ["Mind the gap."],
    output: [{ line: "hello" }],
  });
  const told = changes.map(({ kind }) => kind);
  expect(told).toEqual(["started", "step", "step", "step", "step", "step", "warning", "row", "ended"]);
});

test("a failure as a whole is a report, and a bug tells nobody but the log what it was", async () => {
  const { jobs, events, bugs } = open();
  const failing = (error: Error) =>
    jobs.start(
      doing(() => Promise.reject(error)),
      {},
      alice,
    ).ended;
  await failing(new PictlError("unknown-node", "No node n9.", { node: "n9" }));
  expect(jobs.get("j1")).toMatchObject({
    state: "failed",
    exitCode: 2,
    report: { ok: false, exitCode: 2, result: null, failures: [{ code: "unknown-node", node: "n9" }] },
  });
  expect(events[0]).toMatchObject({ type: "job.failed", error: "No node n9." });
  await failing(new TypeError("canary is undefined"));
  expect(jobs.get("j2")).toMatchObject({ state: "failed", report: { failures: [{ code: "internal" }] } });
  expect(JSON.stringify([events, jobs.get("j2")])).not.toContain("canary");
  expect(bugs).toEqual([new TypeError("canary is undefined")]);
});

test("a question nobody has answered is a failed job that says what to agree to", async () => {
  const { jobs } = open();
  const asking = doing(async ({ ask }) => {
    await ask.confirm("Really?", "Say so.");
    return ok;
  });
  await jobs.start(asking, {}, alice).ended;
  expect(jobs.get("j1")?.report?.failures).toEqual([
    { code: "confirmation-missing", message: "Really?", hint: "Say so." },
  ]);
});

test("an input that is not as declared begins no job", () => {
  const { jobs } = open();
  expect(() => jobs.start(doing(), { nod: [] }, alice)).toThrow(/no field "nod"/);
  expect(jobs.list()).toEqual([]);
});

test("a job is cancelled once, by whom is told, and what is over cannot be", async () => {
  const { jobs, events } = open();
  const { work } = waiting();
  const { ended } = jobs.start(doing(work), {}, alice);
  await Promise.resolve();
  expect([jobs.cancel("j1", "bob@here"), jobs.cancel("j1", "bob@here"), jobs.cancel("j9", "bob@here")]).toEqual([
    true,
    false,
    false,
  ]);
  await ended;
  expect(jobs.get("j1")).toMatchObject({ state: "cancelled", exitCode: 130 });
  expect(events).toMatchObject([{ type: "job.failed", error: "Cancelled by bob@here." }]);
  expect(jobs.cancel("j1", "bob@here")).toBe(false);
});

test("the last so many are kept, for so long, and what runs is never forgotten", async () => {
  const { jobs, pass } = open({ maxJobs: 3, maxAgeMs: 60_000 });
  const { work, go } = waiting();
  const long = jobs.start(doing(work), {}, alice);
  for (let each = 0; each < 5; each++) await jobs.start(doing(), {}, alice).ended;
  expect(ids(jobs)).toEqual(["j6", "j5", "j1"]);
  pass(61_000);
  expect(ids(jobs)).toEqual(["j1"]);
  go();
  await long.ended;
  expect(ids(jobs)).toEqual(["j1"]);
});

test("what one job says is bounded: rows, steps and a report too large to keep", async () => {
  const { jobs } = open();
  const loud = doing(async ({ ports, rows }) => {
    for (let each = 0; each < 3000; each++) {
      await rows.row({ line: `${String(each)} ${"x".repeat(100)}` });
      ports.progress.step(`c${String(each)}@n1`, "create").done("y".repeat(10_000));
      ports.progress.warn(String(each));
    }
    return { ...ok, result: { things: ["z".repeat(1024 * 1024)] } };
  });
  const { ended } = jobs.start(loud, {}, alice);
  const end = await ended;
  const detail = jobs.get("j1");
  expect(detail?.output.at(-1)).toMatchObject({ line: expect.stringContaining("2999 ") as string });
  expect(JSON.stringify(detail).length).toBeLessThan(1_200_000);
  expect([detail?.steps.length, detail?.warnings.length, detail?.output.length]).toEqual([500, 100, 1000]);
  expect(detail?.report).toEqual({ ok: true, exitCode: 0, result: null, failures: [] });
  // Whoever waits for it gets it whole.
  expect("report" in end && JSON.stringify(end.report).length).toBeGreaterThan(1024 * 1024);
});

test("what is cancelled before it has begun is not begun", async () => {
  const { jobs } = open();
  let begun = false;
  const run = doing(async () => {
    begun = true;
    return ok;
  });
  const { ended } = jobs.start(run, {}, alice);
  jobs.cancel("j1", "bob@here");
  await ended;
  expect([begun, jobs.get("j1")?.state]).toEqual([false, "cancelled"]);
});

test("no more than so many run at once", async () => {
  const { jobs } = open();
  const { work, go } = waiting();
  const all = Array.from({ length: 100 }, () => jobs.start(doing(work), {}, alice));
  expect(() => jobs.start(doing(), {}, alice)).toThrow("100 jobs run already");
  go();
  await Promise.all(all.map(({ ended }) => ended));
  expect(await jobs.start(doing(), {}, alice).ended).toMatchObject({ report: { failures: [] } });
});

test("closing cancels all and waits for them", async () => {
  const { jobs } = open();
  jobs.start(doing(waiting().work), {}, alice);
  jobs.start(doing(waiting().work), {}, alice);
  await Promise.resolve();
  await jobs.close();
  expect(jobs.list().map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
});

function ids(jobs: Jobs): readonly string[] {
  return jobs.list().map(({ id }) => id);
}
