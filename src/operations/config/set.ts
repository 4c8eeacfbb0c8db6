import { setConfigValue } from "../../app/config/set.ts";
import { recordingChange } from "../../app/config/recorded.ts";
import { parsePath } from "../../domain/config/document/path.ts";
import { redact } from "../../domain/config/secrets/redact.ts";
import { PictlError } from "../../domain/errors.ts";
import { dryRun } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { refuseOtherVersion, version } from "./version.ts";

export const configSet = operation(
  {
    id: "config.set",
    command: "config set",
    args: ["path", "value"],
    route: "PATCH /config",
    role: "admin",
    changes: true,
    summary: "Change one value of the config; the rest of the file stays as it is.",
    button: "Set",
    output: "config set",
    repairs: true,
    input: {
      path: field.words('Such as `ssh.user`, `layout[1].web` or `nodes["pi.lab"].user`.'),
      value: field.value("The value, any JSON."),
      version,
      dryRun,
    },
    shows: ({ path, value }) => ({ value: redact(value, parsePath(String(path)) ?? []) }),
  },
  async ({ store, ports }, input) => {
    if (input.value === undefined) throw new PictlError("usage", "There is no `value` to set.");
    await refuseOtherVersion(store, input.version);
    const { path, dryRun } = input;
    const wish = { path, value: JSON.stringify(input.value), asText: false, hidden: true, dryRun };
    return recordingChange(
      store,
      async () => ports,
      () => setConfigValue(store, wish),
    );
  },
);
