import type { SavedCommand } from "../../domain/config/types.ts";
import type { Style } from "../text/style.ts";
import { table } from "../text/table.ts";

/** The table of `pictl run` without a label. */
export function savedCommandsView({ commands }: { commands: readonly SavedCommand[] }, style: Style): string {
  if (commands.length === 0) return "No saved commands: the config has no `commandlist`.\n";
  return table(
    style,
    [
      { title: "LABEL", value: (row) => row.label },
      { title: "COMMAND", value: (row) => row.command, min: 20 },
    ],
    commands,
  );
}
