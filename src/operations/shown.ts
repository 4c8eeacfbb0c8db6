import { noteOf } from "./fields.ts";
import { isSet, parseInput } from "./input.ts";
import type { Operation } from "./operation.ts";

/** The input of a run as everybody may see it: what was set, without secrets. Throws usage. */
export function shownInput(operation: Operation, input: unknown): Readonly<Record<string, unknown>> {
  const parsed = parseInput(operation, input) as Readonly<Record<string, unknown>>;
  const set = Object.entries(parsed).flatMap(([name, value]) => {
    const schema = operation.input.shape[name];
    if (!schema || !isSet(value) || value === noteOf(schema).default) return [];
    return [[name, noteOf(schema).hidden === true ? "[REDACTED]" : value] as const];
  });
  return { ...Object.fromEntries(set), ...operation.shows?.(parsed) };
}
