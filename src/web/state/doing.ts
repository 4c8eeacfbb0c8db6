import { effect, signal } from "@preact/signals";
import type { Failure } from "../../domain/errors.ts";
import type { OperationId } from "../../operations/index.ts";
import type { JobDetail } from "../../operations/jobs/job.ts";
import { ask } from "../api.ts";
import { type Input, type Request, requestOf } from "../operations.ts";
import { jobs } from "./store.ts";

/** One thing that a button does. */
export interface Deed extends Request {
  readonly title: string;
  /** What the console itself asks before; undefined: nothing. What the operation asks comes from the server. */
  readonly question?: string;
  readonly danger?: boolean;
}

/** `button`: another word than the operation's own. */
export function deed(
  id: OperationId,
  input: Input,
  words: { readonly title: string; readonly question?: string; readonly danger?: boolean; readonly button?: string },
): Deed {
  return { ...requestOf(id, input), ...words };
}

export interface Note {
  readonly id: number;
  readonly kind: "busy" | "good" | "bad";
  readonly title: string;
  readonly failures: readonly Failure[];
  readonly job?: string;
}

export const notes = signal<readonly Note[]>([]);
/** What waits for an answer; `agreed`: what was agreed to before, of the same deed. */
export const asked = signal<
  { readonly deed: Deed; readonly question: string; readonly agreed?: readonly string[] } | undefined
>(undefined);

let count = 0;
/** What runs for this tab, by its job. */
const running = new Map<string, { readonly deed: Deed; readonly note: number; readonly agreed: readonly string[] }>();

/** Does it, once what it asks has been answered. */
export function doIt(deed: Deed): void {
  if (deed.question === undefined) void run(deed, []);
  else asked.value = { deed, question: deed.question };
}

/** Yes to what is asked, and to nothing else: the operation may ask again. */
export function agree(): void {
  const wanted = asked.value;
  asked.value = undefined;
  if (wanted) void run(wanted.deed, wanted.agreed ? [...wanted.agreed, wanted.question] : []);
}

async function run(deed: Deed, agreed: readonly string[]): Promise<void> {
  const note = put({ kind: "busy", title: deed.title, failures: [] });
  const body = agreed.length === 0 ? deed.body : { ...deed.body, confirm: agreed };
  const answer = await ask<{ jobs?: readonly { readonly id: string }[] }>(deed.method, deed.path, body, {
    prefer: "respond-async",
  });
  const job = answer.status === 202 ? answer.result?.jobs?.[0]?.id : undefined;
  if (job === undefined) {
    settle({ deed, note, agreed }, answer.ok, answer.failures);
    return;
  }
  running.set(job, { deed, note, agreed });
  change(note, { job });
  hear();
  void askAgain(job);
}

/** The stream tells when a job has ended. */
function hear(): void {
  for (const { id, state, failures } of jobs.value) {
    if (state !== "running") ended(id, state === "succeeded", failures);
  }
}

effect(hear);

/** Where the stream is cut, or was when it ended, the job itself is asked. */
async function askAgain(job: string): Promise<void> {
  while (running.has(job)) {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    const { result } = await ask<{ jobs: readonly JobDetail[] }>("GET", `jobs/${job}`);
    const report = result?.jobs[0]?.report;
    if (report) ended(job, report.ok, report.failures);
  }
}

const askEveryMs = 3000;

function ended(job: string, good: boolean, failures: readonly Failure[]): void {
  const mine = running.get(job);
  running.delete(job);
  if (mine) settle(mine, good, failures);
}

function settle(
  { deed, note, agreed }: { readonly deed: Deed; readonly note: number; readonly agreed: readonly string[] },
  good: boolean,
  failures: readonly Failure[],
): void {
  const question = failures.find(({ code }) => code === "confirmation-missing");
  if (question) {
    dismiss(note);
    asked.value = { deed, question: question.message, agreed };
    return;
  }
  change(note, { kind: good ? "good" : "bad", failures });
  if (good) setTimeout(() => dismiss(note), 6000);
}

export function tell(note: Omit<Note, "id">): void {
  const id = put(note);
  if (note.kind === "good") setTimeout(() => dismiss(id), 6000);
}

export function dismiss(id: number): void {
  notes.value = notes.peek().filter((note) => note.id !== id);
}

function put(note: Omit<Note, "id">): number {
  const id = count++;
  notes.value = [...notes.peek().slice(-3), { id, ...note }];
  return id;
}

function change(id: number, what: Partial<Note>): void {
  notes.value = notes.peek().map((note) => (note.id === id ? { ...note, ...what } : note));
}

/** Puts text into the clipboard, where the browser lets us. */
export function copy(text: string): void {
  // There is none where the page came over plain HTTP from elsewhere.
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  void clipboard?.writeText(text).then(
    () => tell({ kind: "good", title: "Copied", failures: [] }),
    () => undefined,
  );
}
