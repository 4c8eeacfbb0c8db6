import { operation } from "../operation.ts";
import { configVersion } from "./version.ts";

export const configText = operation(
  {
    id: "config.text",
    command: null,
    route: "GET /config/text",
    // What stands in its comments, nobody knows.
    role: "admin",
    changes: false,
    summary: "Give the config's text to an editor, its secrets hidden; `config.replace` leaves them as they are.",
    button: "Edit config",
    output: null,
    repairs: true,
    input: {},
  },
  async ({ store }) => {
    const version = await configVersion(store);
    const { masked, problems } = await store.inspect();
    return { result: { file: store.path, text: masked(), problems, version }, failures: [] };
  },
);
