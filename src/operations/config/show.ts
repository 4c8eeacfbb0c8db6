import { showConfig } from "../../app/config/show.ts";
import { operation } from "../operation.ts";
import { configVersion } from "./version.ts";

export const configShow = operation(
  {
    id: "config.show",
    command: "config show",
    route: "GET /config",
    role: "viewer",
    changes: false,
    summary: "Show the config, its secrets hidden.",
    button: "Config",
    output: "config show",
    repairs: true,
    input: {},
  },
  async ({ store }) => {
    const version = await configVersion(store);
    const { result, failures } = await showConfig(store);
    return { result: { ...result, version }, failures };
  },
);
