import { maxProblems } from "../../domain/config/findings/problem.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import { toFailure, PictlError } from "../../domain/errors.ts";
import { plural } from "../../domain/text.ts";
import type { EditableConfigStore } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export interface ConfigCheck {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
}

/** Every error and warning of the config; fails (config-invalid) when there is an error. */
export async function checkConfig(store: EditableConfigStore): Promise<Report<ConfigCheck>> {
  const { problems } = await store.inspect();
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const count = problems.length >= maxProblems ? `${errors} or more errors` : plural(errors, "error");
  const message = `${store.path} has ${count}; no command acts on it.`;
  return {
    result: { file: store.path, problems },
    failures: errors === 0 ? [] : [toFailure(new PictlError("config-invalid", message))],
  };
}
