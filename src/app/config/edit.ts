import { ConfigInvalidError } from "../../domain/config/findings/problem.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import type { EditableConfigStore } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export interface EditInput {
  /** Lets a person change a text. */
  edit(text: string): Promise<string>;
  /** Whether to go on editing a text with these problems. */
  again(problems: readonly ConfigProblem[]): Promise<boolean>;
}

export interface ConfigEdited {
  readonly file: string;
  readonly changed: boolean;
}

/** Edits the text of the config, valid or not, until it is valid or given up. Rejects with config-invalid then. */
export async function editConfig(store: EditableConfigStore, input: EditInput): Promise<Report<ConfigEdited>> {
  const { text: before } = await store.inspect();
  let after = await input.edit(before);
  for (;;) {
    if (after === before) return { result: { file: store.path, changed: false }, failures: [] };
    const problems = await store.check(after);
    if (!problems.some(({ severity }) => severity === "error")) break;
    if (!(await input.again(problems))) throw ConfigInvalidError.ofChange(store.path, problems);
    after = await input.edit(after);
  }
  await store.replace({ before, after });
  return { result: { file: store.path, changed: true }, failures: [] };
}
