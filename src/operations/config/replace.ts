import { recordingChange } from "../../app/config/recorded.ts";
import { replaceConfigText } from "../../app/config/replace.ts";
import { dryRun } from "../common.ts";
import * as field from "../fields.ts";
import { operation } from "../operation.ts";
import { refuseOtherVersion, version } from "./version.ts";

export const configReplace = operation(
  {
    id: "config.replace",
    command: null,
    route: "PUT /config",
    role: "admin",
    changes: true,
    summary: "Put a text in the place of the config's; one with mistakes is not taken.",
    button: "Save config",
    output: null,
    repairs: true,
    input: {
      text: field.hiddenText("The new text; a secret that it has as [REDACTED] stays as it is.", 512 * 1024),
      version,
      dryRun,
    },
  },
  async ({ store, ports }, input) => {
    await refuseOtherVersion(store, input.version);
    return recordingChange(
      store,
      async () => ports,
      () => replaceConfigText(store, input),
    );
  },
);
