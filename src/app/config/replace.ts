import { ConfigInvalidError } from "../../domain/config/findings/problem.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import { toFailure } from "../../domain/errors.ts";
import type { Report } from "../kit/report.ts";
import type { EditableConfigStore } from "../ports.ts";

export interface ConfigReplaced {
  readonly file: string;
  readonly changed: boolean;
  /** What is wrong with the new text; one with an error in it is not taken. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Puts a text in the place of the config; the secrets that it has masked stay as they are. Under `dryRun` it only tells
 * what is wrong with it. Rejects with usage (a mask without a secret) and config-write-failed, also when the file was
 * changed meanwhile.
 */
export async function replaceConfigText(
  store: EditableConfigStore,
  { text, dryRun }: { readonly text: string; readonly dryRun: boolean },
): Promise<Report<ConfigReplaced>> {
  const { text: before, unmasked } = await store.inspect();
  const after = unmasked(text);
  const problems = await store.check(after);
  const file = store.path;
  if (problems.some(({ severity }) => severity === "error")) {
    const failure = toFailure(ConfigInvalidError.ofChange(file, problems));
    return { result: { file, changed: false, problems }, failures: [failure] };
  }
  const changes = !dryRun && after !== before;
  if (changes) await store.replace({ before, after });
  return { result: { file, changed: changes, problems }, failures: [] };
}
