import { getConfigValue } from "../../app/config/get.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";

export const configGet = operation(
  {
    id: "config.get",
    command: "config get",
    args: ["path"],
    route: "GET /config/value",
    role: "viewer",
    changes: false,
    summary: "Show one value of the config; secrets stay hidden.",
    button: "Value",
    output: "config get",
    repairs: true,
    input: { path: field.words('Such as `ssh.user`, `layout[1].node` or `nodes["pi.lab"].user`.') },
  },
  ({ store }, input) => getConfigValue(store, input.path),
);
