import { savedCommand } from "../../domain/exec/saved-command.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { executeFields, executeTask } from "./execute.ts";

export const commandRun = operation(
  {
    id: "command.run",
    command: "run",
    args: ["label"],
    route: "POST /commands/:label/run",
    role: "operator",
    // What is saved is meant to be run as the login.
    elevated: { sudo: "admin", stdin: "admin" },
    changes: true,
    summary: "Run a saved command of the config on the nodes.",
    button: "Run saved command",
    key: "x",
    subject: { kind: "node", field: "node" },
    output: "run",
    input: { label: field.words("The command's label.", { names: "command" }), ...executeFields },
  },
  (context, input) =>
    executeTask(context, { line: savedCommand(context.config.commandlist, input.label).command }, input),
);
