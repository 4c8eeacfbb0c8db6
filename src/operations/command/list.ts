import { operation } from "../operation.ts";

export const commandList = operation(
  {
    id: "command.list",
    command: "run",
    route: "GET /commands",
    role: "viewer",
    changes: false,
    summary: "List the saved commands of the config.",
    button: "Saved commands",
    output: "run",
    input: {},
  },
  async ({ config }) => ({ result: { commands: config.commandlist }, failures: [] }),
);
