import type { ExecTask } from "../../app/exec.ts";
import { PictlError } from "../../domain/errors.ts";
import { quote } from "../../domain/shell.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { executeFields, executeTask, maxInputLength } from "./execute.ts";

export const commandExec = operation(
  {
    id: "command.exec",
    command: "exec",
    args: ["command"],
    route: "POST /exec",
    // Whoever runs a command on a node can do there what the login can.
    role: "admin",
    changes: true,
    summary: "Run a command on the nodes.",
    button: "Run",
    key: "e",
    subject: { kind: "node", field: "node" },
    output: "exec",
    input: {
      command: field.list(
        "One word is a line for the node's sh; several are a program and its arguments, passed on exactly. With " +
          "`script`, its arguments.",
      ),
      ...executeFields,
      script: field.maybeHidden(
        "The text of a script to run: its #! line names the interpreter, sh if it has none.",
        maxInputLength,
      ),
    },
    // As in the event log: a command that begins with a blank is for nobody else to read.
    shows: ({ command }) =>
      Array.isArray(command) && String(command[0]).startsWith(" ") ? { command: ["[REDACTED]"] } : {},
  },
  (context, input) => executeTask(context, taskOf(input.command, input.script), input),
);

function taskOf(words: readonly string[], script: string | undefined): ExecTask {
  if (script !== undefined) {
    return { script: { name: "script", content: new TextEncoder().encode(script), args: words } };
  }
  const [first] = words;
  if (first === undefined || (words.length === 1 && first.trim() === "")) {
    throw new PictlError("usage", "There is no command to run.", {
      hint: 'Give `command` a line, `["uptime"]`, or a program and its arguments.',
    });
  }
  return { line: words.length === 1 ? first : words.map(quote).join(" ") };
}
