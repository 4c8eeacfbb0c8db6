import * as z from "zod/mini";
import { commandLine } from "../../operations/command-line.ts";
import { noteOf } from "../../operations/fields.ts";
import type { Operation } from "../../operations/operation.ts";
import type { ActionSpec, FieldSpec } from "../state/actions.ts";

/** The table of operations as far as the TUI needs it. */
export function specsOf(operations: readonly Operation[]): readonly ActionSpec[] {
  return operations.map((operation): ActionSpec => {
    const { id, command, args = [], changes, summary, subject, input } = operation;
    return {
      id,
      command,
      args,
      changes,
      summary,
      ...(subject ? { subject } : {}),
      // What goes on for ever has a view of its own.
      fields: Object.entries(input.shape).flatMap(([name, schema]) =>
        name === operation.follows ? [] : [fieldOf(name, schema)],
      ),
      line: (given) => commandLine(operation, given),
    };
  });
}

type Schema = Parameters<typeof noteOf>[0];

function fieldOf(name: string, schema: Schema): FieldSpec {
  const { kind, names } = noteOf(schema);
  return {
    name,
    kind,
    names,
    required: !optional(schema),
    description: z.globalRegistry.get(schema)?.description ?? "",
  };
}

/** Whether it may be left out: nothing is as good as something. */
function optional(schema: Schema): boolean {
  const { type } = schema._zod.def;
  return type === "optional" || type === "default";
}
