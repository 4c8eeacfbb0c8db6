import { noteOf } from "../src/operations/fields.ts";
import { operations } from "../src/operations/index.ts";
import type { OperationNote } from "../src/web/operations.ts";

/** The table of operations as the web console has it, by their ids. */
export const webOperations: Readonly<Record<string, OperationNote>> = Object.fromEntries(
  operations.map(({ id, route, role, button, command, args = [], flags = {}, input, shows }) => {
    // What nobody is shown is in no command, either.
    const unsaid = Object.entries(shows?.({}) ?? {}).flatMap(([name, value]) => (value === undefined ? [name] : []));
    const secrets = Object.entries(input.shape).flatMap(([name, schema]) =>
      noteOf(schema).kind === "secret" ? [name] : [],
    );
    return [id, { route, role, button, command, args, flags, hidden: [...secrets, ...unsaid] } as OperationNote];
  }),
);
