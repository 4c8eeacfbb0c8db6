import type { DocumentEdit } from "../config/document/apply-edit.ts";
import { type ConfigPath, formatPath } from "../config/document/path.ts";

/** An edit of the config and what it does, for people: no value in it that could be a secret. */
export interface PlannedEdit {
  readonly edit: DocumentEdit;
  readonly text: string;
}

export function set(path: ConfigPath, value: unknown): PlannedEdit {
  return { edit: { op: "set", path, value }, text: `${formatPath(path)} = ${JSON.stringify(value)}` };
}

/** `why` follows the words "is removed". */
export function removal(path: ConfigPath, why = ""): PlannedEdit {
  return { edit: { op: "delete", path }, text: `${formatPath(path)} is removed${why}` };
}
