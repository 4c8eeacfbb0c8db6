import { checkConfig } from "../../app/config/check.ts";
import { operation } from "../operation.ts";

export const configCheck = operation(
  {
    id: "config.check",
    command: "config check",
    route: "GET /config/check",
    role: "viewer",
    changes: false,
    summary: "List every error and warning of the config.",
    button: "Check config",
    output: "config check",
    repairs: true,
    input: {},
  },
  ({ store }) => checkConfig(store),
);
