import { signal } from "@preact/signals";
import type { Failure } from "../../domain/errors.ts";
import { ask } from "../api.ts";

/** One thing that a button does: the operation over HTTP, and the command that does the same. */
export interface Deed {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly body: object;
  readonly command: string;
  /** What is asked before; undefined: nothing. */
  readonly question?: string;
  readonly danger?: boolean;
}

export interface Note {
  readonly id: number;
  readonly kind: "good" | "bad";
  readonly title: string;
  readonly failures: readonly Failure[];
  readonly command: string;
}

export const notes = signal<readonly Note[]>([]);
/** What waits for an answer. */
export const asked = signal<{ readonly deed: Deed; readonly question: string } | undefined>(undefined);

let count = 0;

/** Does it, once what it asks has been answered. */
export function doIt(deed: Deed): void {
  if (deed.question === undefined) void run(deed);
  else asked.value = { deed, question: deed.question };
}

export function agree(): void {
  const deed = asked.value?.deed;
  asked.value = undefined;
  if (deed) void run({ ...deed, body: { ...deed.body, confirm: true } });
}

async function run(deed: Deed): Promise<void> {
  const answer = await ask(deed.method, deed.path, deed.body, { prefer: "respond-async" });
  const question = answer.failures.find(({ code }) => code === "confirmation-missing");
  if (question) {
    asked.value = { deed: { ...deed, danger: true }, question: question.message };
    return;
  }
  const good = answer.ok || answer.status === 202;
  tell({ kind: good ? "good" : "bad", title: deed.title, failures: answer.failures, command: deed.command });
}

export function tell(note: Omit<Note, "id">): void {
  const id = count++;
  notes.value = [...notes.value.slice(-3), { id, ...note }];
  if (note.kind === "good") setTimeout(() => dismiss(id), 6000);
}

export function dismiss(id: number): void {
  notes.value = notes.value.filter((note) => note.id !== id);
}

/** Puts text into the clipboard, where the browser lets us. */
export function copy(text: string): void {
  // There is none where the page came over plain HTTP from elsewhere.
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  void clipboard?.writeText(text).then(
    () => tell({ kind: "good", title: "Copied", failures: [], command: text }),
    () => undefined,
  );
}
